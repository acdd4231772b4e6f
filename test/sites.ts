import type { EnvironmentConfig, SiteName } from '../lib/config/environment';
import { publicSites } from '../lib/config/derive/public-sites';
import { SITE_NAMES } from '../lib/model/names';
import { SITES } from '../lib/model/sites';

type Config = Pick<EnvironmentConfig, 'domain' | 'monitoring' | 'edge'>;

/** The sites that are for everybody. */
export const OPEN_SITES: readonly SiteName[] = SITE_NAMES.filter((name) => SITES[name].access === 'everybody');

/** The sites of an environment. */
export const sitesOf = (config: Config): readonly SiteName[] => publicSites(config).map(({ name }) => name);

/** Host names of a site of an environment. */
export const hostsOf = (config: Config, site: SiteName): readonly string[] =>
  publicSites(config).find(({ name }) => name === site)?.hosts ?? [];

/** Host names of all sites of an environment. */
export const allHostsOf = (config: Config): readonly string[] => publicSites(config).flatMap(({ hosts }) => hosts);
