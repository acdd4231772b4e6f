import type { DomainConfig, HostsConfig, ZoneConfig } from './environment';
import type { BySite } from './sites';

/** All names of a site. The first is the one that links have. */
export const siteHosts = ({ app, appAliases = [], api, apiAliases = [] }: HostsConfig): BySite<readonly string[]> => ({
  app: [app, ...appAliases],
  api: [api, ...apiAliases],
});

/** All names of all sites. */
export const allHosts = ({ hosts }: DomainConfig): readonly string[] => Object.values(siteHosts(hosts)).flat();

/** The zone that a host is in: of those whose name it is or ends in, the one with the longest. */
export const zoneOf = (host: string, zones: readonly ZoneConfig[]): ZoneConfig | undefined =>
  zones
    .filter(({ name }) => host === name || host.endsWith(`.${name}`))
    .toSorted((one, other) => other.name.length - one.name.length)[0];

/** Where users find each site. */
export const siteUrls = ({ hosts: { app, api } }: DomainConfig): BySite<string> => ({
  app: `https://${app}`,
  api: `https://${api}`,
});
