import { allSites, publicSites } from '../derive/public-sites';
import { zoneOf } from '../derive/zones';
import type { EnvironmentConfig } from '../environment';
import { repeated, unless } from './unless';

/** Names in a certificate of ACM: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const MAX_HOSTS = 10;

/** Values in the conditions of a rule of a load balancer: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MAX_HOSTS_OF_A_SITE = 5;

/** Each takes 22 of the 1,500 units of a web ACL, of which the rest of its rules take 1,128. */
const MAX_LARGE_BODY_PATHS = 10;

/** Every host name that the configuration contains, those of sites without visitors too. */
const allHosts = (config: EnvironmentConfig): readonly string[] => allSites(config).flatMap(({ hosts }) => hosts);

/** The names of the platform: each once, each in a zone. */
export const domainProblems = (config: EnvironmentConfig): readonly string[] => {
  const { domain } = config;
  if (domain === undefined) return [];
  const { zones } = domain;
  const hosts = allHosts(config);
  const names = zones.map(({ name }) => name);
  return [
    ...repeated('domain.hosts', hosts),
    ...repeated('domain.zones', names),
    ...repeated(
      'domain.zones',
      zones.flatMap(({ id }) => id ?? []),
    ),
    ...unless(
      hosts.length <= MAX_HOSTS,
      `domain.hosts has ${hosts.length} names: choose ${MAX_HOSTS} or fewer, the maximum of a certificate`,
    ),
    ...publicSites(config)
      .filter((site) => site.hosts.length === 0)
      .map(
        ({ name: site }) =>
          `domain.hosts.${site} is missing, but monitoring.${site}.allowedCidrs makes ${site} public: add a host name, or empty the list`,
      ),
    ...allSites(config)
      .filter(({ hosts: own }) => own.length > MAX_HOSTS_OF_A_SITE)
      .map(
        ({ name: site, hosts: own }) =>
          `domain.hosts has ${own.length} names of the ${site}: choose ${MAX_HOSTS_OF_A_SITE} or fewer, the maximum of a rule of the load balancer`,
      ),
    ...hosts
      .filter((host) => zoneOf(host, zones) === undefined)
      .map((host) => `domain.hosts has "${host}", which is in no zone of domain.zones: add its zone`),
    ...names
      .filter((name) => !hosts.some((host) => zoneOf(host, zones)?.name === name))
      .map((name) => `domain.zones has "${name}", which contains none of the hosts: remove it`),
  ];
};

/** Names that another environment has too: one name leads to one distribution, in whatever account. */
export const sharedHostProblems = (config: EnvironmentConfig, all: readonly EnvironmentConfig[]): readonly string[] =>
  all
    .filter((other) => other.name !== config.name)
    .flatMap((other) => {
      const taken = allHosts(other);
      const shared = allHosts(config).filter((host) => taken.includes(host));
      return shared.map(
        (host) =>
          `${config.name}: domain.hosts has "${host}", which ${other.name} has too: give each environment its own names`,
      );
    });

/** Hosted zones that another environment has too: a zone is in one account, and no two environments share one. */
export const sharedZoneProblems = (
  { name, domain }: EnvironmentConfig,
  all: readonly EnvironmentConfig[],
): readonly string[] =>
  all
    .filter((other) => other.name !== name)
    .flatMap((other) =>
      (domain?.zones ?? [])
        .filter(({ id }) => id !== undefined && other.domain?.zones.some((zone) => zone.id === id))
        .map(
          (zone) =>
            `${name}: domain.zones.${zone.name}.id is "${zone.id}", which ${other.name} has too: give the id of a zone in the account of ${name}, ` +
            'or leave it out to create one',
        ),
    );

/** Problems of the edge, across its fields. */
export const edgeProblems = ({ edge: { largeBodyPaths = [] } }: EnvironmentConfig): readonly string[] =>
  unless(
    largeBodyPaths.length <= MAX_LARGE_BODY_PATHS,
    `edge.largeBodyPaths has ${largeBodyPaths.length} paths: choose ${MAX_LARGE_BODY_PATHS} or fewer, because each uses capacity of the web ACL`,
  );
