import type { EnvironmentConfig } from '../environment';
import { TENANT_STATUSES, TENANT_TIERS, type TenantConfig } from '../tenant';
import { activeDepartures, recordOf } from '../tenant-assignment';
import { unless } from './unless';

/** Characters of an id: names are made of it, such as that of a Job (63 at most, of which a digest takes some). */
const LONGEST_ID = 40;
const LONGEST_NAME = 100;
/** Each change of a pod of the gateway rewrites the policy of every tenant, 20 in a second. */
const MOST_TENANTS = 1000;
const RECORD = 'run npm run tenants';

/** The tenants: each well-formed, each once, each recorded. */
export const tenantProblems = (config: Pick<EnvironmentConfig, 'tenants' | 'tenantRecord'>) => [
  ...tenantListProblems(config.tenants),
  ...recordProblems(config),
];

/** What is wrong with the list itself. */
export const tenantListProblems = (tenants: readonly TenantConfig[]) => {
  const ids = tenants.map(({ id }) => id);
  const repeated = [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
  return [
    ...unless(
      tenants.length <= MOST_TENANTS,
      `tenants has ${tenants.length} entries: the network policies of one cluster bear ${MOST_TENANTS} (docs/adr/0011-tenants.md)`,
    ),
    ...tenants.flatMap(oneTenant),
    ...repeated.map((id) => `tenants has "${id}" more than once: name it once`),
  ];
};

const oneTenant = ({ id, name, tier, status }: TenantConfig) => [
  ...unless(
    id.length <= LONGEST_ID && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(id),
    `tenants has the id "${id}": write up to ${LONGEST_ID} lower case letters, digits and hyphens, none at an end`,
  ),
  ...unless(
    name.trim() !== '' && name.length <= LONGEST_NAME,
    `tenant ${id}: name is "${name}": write 1 to ${LONGEST_NAME} characters`,
  ),
  ...unless(TENANT_TIERS.includes(tier), `tenant ${id}: tier is "${tier}": choose ${TENANT_TIERS.join(', ')}`),
  ...unless(
    TENANT_STATUSES.includes(status),
    `tenant ${id}: status is "${status}": choose ${TENANT_STATUSES.join(' or ')}`,
  ),
];

/** Where list and record disagree. */
const recordProblems = ({ tenants, tenantRecord }: Pick<EnvironmentConfig, 'tenants' | 'tenantRecord'>) => [
  ...activeDepartures(tenants, tenantRecord),
  ...Object.entries(tenantRecord.tenants)
    .filter(([id, { status }]) => status !== 'active' && !tenants.some((tenant) => tenant.id === id))
    .map(([id]) => `tenant ${id} has left the list, but is recorded: ${RECORD}`),
  ...Object.entries(tenantRecord.tenants)
    .filter(([, { stack }]) => !Number.isInteger(stack) || stack < 1 || stack > tenantRecord.stacks)
    .map(
      ([id, { stack }]) =>
        `tenant ${id} is recorded in stack ${stack} of ${tenantRecord.stacks}: restore the record from version control`,
    ),
  ...tenants.flatMap(({ id, status }) => {
    const known = recordOf(tenantRecord, id);
    if (!known) return [`tenant ${id} has no stack yet: ${RECORD}`];
    return unless(known.status === status, `tenant ${id} is ${status}, but recorded as ${known.status}: ${RECORD}`);
  }),
];
