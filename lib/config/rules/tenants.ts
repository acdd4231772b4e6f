import type { EnvironmentConfig, TenantConfig } from '../environment';
import { activeDepartures, recordOf } from '../derive/tenant-assignment';
import { unless } from './unless';

/** Each change of a pod of the gateway rewrites the policy of every tenant, 20 in a second. */
const MAX_TENANTS = 1000;
const RECORD = 'run npm run tenants';

/** The tenants: each once, each recorded. */
export const tenantProblems = (config: Pick<EnvironmentConfig, 'tenants' | 'tenantRecord'>) => [
  ...tenantListProblems(config.tenants),
  ...recordProblems(config),
];

/** Problems of the list itself. */
export const tenantListProblems = (tenants: readonly TenantConfig[]) => {
  const ids = tenants.map(({ id }) => id);
  const repeated = [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
  return [
    ...unless(
      tenants.length <= MAX_TENANTS,
      `tenants has ${tenants.length} entries: choose ${MAX_TENANTS} or fewer, the maximum for one cluster (docs/adr/0011-tenants.md)`,
    ),
    ...repeated.map((id) => `tenants has "${id}" more than once: name it once`),
  ];
};

/** Where list and record disagree. */
const recordProblems = ({ tenants, tenantRecord }: Pick<EnvironmentConfig, 'tenants' | 'tenantRecord'>) => [
  ...activeDepartures(tenants, tenantRecord),
  ...Object.entries(tenantRecord.tenants)
    .filter(([id, { status }]) => status !== 'active' && !tenants.some((tenant) => tenant.id === id))
    .map(([id]) => `tenant ${id} is no longer in the list, but still recorded: ${RECORD}`),
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
