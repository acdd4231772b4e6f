import { lackedBy, zonesOf } from '../../model/availability-zones';
import type { EnvironmentConfig } from '../environment';
import { listed } from '../schema/group';
import { FIRST_ZONES } from '../../model/subnets';
import { RECORDED_REGIONS, SUPPORTED_REGIONS } from '../../model/supported-regions';
import { unless } from './unless';

/** The home region: one that is supported. */
export const regions = ({ region }: EnvironmentConfig) =>
  unless(
    SUPPORTED_REGIONS.includes(region),
    `region is "${region}", ${unsupported(region)}: choose ${listed(SUPPORTED_REGIONS, 'or')}`,
  );

const unsupported = (region: string): string => {
  if (!RECORDED_REGIONS.includes(region))
    return 'for which the addresses of CloudFront or the certificate authorities of RDS are not recorded';
  const { whole, lacking } = zonesOf(region);
  const lacks = lacking.map((id) => `${id} lacks ${listed(lackedBy(id), 'and')}`);
  return `where only ${listed(whole, 'and')} have every service (${listed(lacks, 'and')}), but the cluster needs ${FIRST_ZONES} zones`;
};

/** Environments that would share a long name: the tag says which environment a resource belongs to, and a cost. */
export const sharedTagProblems = (
  { name, tags: { environment } }: EnvironmentConfig,
  all: readonly EnvironmentConfig[],
): readonly string[] =>
  all
    .filter((other) => other.name !== name && other.tags.environment === environment)
    .map(
      (other) =>
        `${name}: tags.environment is "${environment}", which ${other.name} has too: give each environment its own`,
    );

/** Environments that would share an account: names of repositories do not say whose they are, and its distributions read all assets. */
export const sharedAccountProblems = (
  { name, account }: EnvironmentConfig,
  all: readonly EnvironmentConfig[],
): readonly string[] =>
  all
    .filter((other) => other.name !== name && other.account === account)
    .map(
      (other) => `${name}: account is "${account}", which ${other.name} has too: give each environment its own account`,
    );
