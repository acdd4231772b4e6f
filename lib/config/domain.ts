import type { DomainConfig, EnvironmentConfig, HostsConfig, ZoneConfig } from './environment';
import { bySite, entriesOf, namesOf, sitesOf, type BySite } from './sites';

/** All names of a site. The first is the one that links have. */
export const siteHosts = ({
  app,
  appAliases = [],
  api,
  apiAliases = [],
  grafana,
}: HostsConfig): BySite<readonly string[]> => ({
  app: [app, ...appAliases],
  api: [api, ...apiAliases],
  ...(grafana !== undefined && { grafana: [grafana] }),
});

/** All names of all sites. */
export const allHosts = ({ hosts }: DomainConfig): readonly string[] =>
  entriesOf(siteHosts(hosts)).flatMap(([, names]) => names);

/** The domain with the names of those sites only that the environment has. Its zones stay: each is delegated once. */
export const publicDomain = (config: Pick<EnvironmentConfig, 'domain' | 'monitoring'>): DomainConfig | undefined => {
  if (config.domain === undefined || sitesOf(config).includes('grafana')) return config.domain;
  const { grafana: _, ...hosts } = config.domain.hosts;
  return { ...config.domain, hosts };
};

/** Domains of the hosted zones that are to be created: those without an id. */
export const zonesToCreate = ({ domain }: Pick<EnvironmentConfig, 'domain'>): readonly string[] =>
  (domain?.zones ?? []).flatMap(({ name, id }) => (id === undefined ? [name] : []));

/** The zone that a host is in: of those whose name it is or ends in, the one with the longest. */
export const zoneOf = (host: string, zones: readonly ZoneConfig[]): ZoneConfig | undefined =>
  zones
    .filter(({ name }) => host === name || host.endsWith(`.${name}`))
    .toSorted((one, other) => other.name.length - one.name.length)[0];

/** Where users find each site. */
export const siteUrls = ({ hosts }: DomainConfig): BySite<string> => {
  const names = siteHosts(hosts);
  return bySite(namesOf(names), (site) => `https://${names[site]![0]}`);
};
