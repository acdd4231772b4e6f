import type { EnvironmentConfig, TagsConfig } from '../environment';

/** Prefix of the names in AWS, and the name of the cluster, the database and the cache: `platform-prod`. */
export const identifierOf = ({ name }: Pick<EnvironmentConfig, 'name'>): string => `platform-${name}`;

/** Name of the role of the tenants' pods. Roles are global in an account, so the name contains the region. */
export const tenantRoleName = (config: Pick<EnvironmentConfig, 'name' | 'region'>): string =>
  `${identifierOf(config)}-${config.region}-tenants`;

/** The tags of an environment, as resources have them. */
export const resourceTags = ({ environment, owner, costCenter }: TagsConfig): Readonly<Record<string, string>> => ({
  Environment: environment,
  Owner: owner,
  CostCenter: costCenter,
});
