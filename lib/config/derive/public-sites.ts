import { SITE_NAMES, type SiteName } from '../../model/names';
import { SITES, type SiteDefinition } from '../../model/sites';
import type { EnvironmentConfig, HostsConfig } from '../environment';

/** A public site of an environment. */
export interface PublicSite extends SiteDefinition {
  readonly name: SiteName;
  /** Its host names; the first is the one that links have. Empty without a domain, where CloudFront gives the name. */
  readonly hosts: readonly string[];
  /** IPv4 networks that alone may reach it. @default - everybody may */
  readonly allowedCidrs?: readonly string[] | undefined;
  /** Requests that one address may send in a minute. @default - unlimited */
  readonly requestsPerMinute?: number | undefined;
}

type Config = Pick<EnvironmentConfig, 'domain' | 'monitoring' | 'edge'>;

/** Which fields of the configuration a site has. */
interface SiteFields {
  readonly hosts: (hosts: HostsConfig) => readonly string[];
  readonly allowedCidrs?: (config: Config) => readonly string[];
  readonly requestsPerMinute?: (config: Config) => number;
}

const FIELDS: Readonly<Record<SiteName, SiteFields>> = {
  app: { hosts: ({ app, appAliases = [] }) => [app, ...appAliases] },
  api: {
    hosts: ({ api, apiAliases = [] }) => [api, ...apiAliases],
    requestsPerMinute: ({ edge }) => edge.apiRequestsPerMinute,
  },
  grafana: {
    hosts: ({ grafana }) => (grafana === undefined ? [] : [grafana]),
    allowedCidrs: ({ monitoring }) => monitoring.grafana.allowedCidrs,
  },
};

/** Every site that the platform knows, as an environment configures it. */
export const allSites = (config: Config): readonly PublicSite[] =>
  SITE_NAMES.map((name) => {
    const { hosts, allowedCidrs, requestsPerMinute } = FIELDS[name];
    return {
      ...SITES[name],
      name,
      hosts: config.domain ? hosts(config.domain.hosts) : [],
      allowedCidrs: allowedCidrs?.(config),
      requestsPerMinute: requestsPerMinute?.(config),
    };
  });

/** The public sites of an environment: not those whose allow-list is empty. */
export const publicSites = (config: Config): readonly PublicSite[] =>
  allSites(config).filter(({ allowedCidrs }) => allowedCidrs?.length !== 0);
