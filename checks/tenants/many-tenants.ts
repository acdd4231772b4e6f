import { assign } from '../../lib/config/derive/tenant-assignment';
import { TENANT_TIERS, type EnvironmentConfig, type TenantConfig } from '../../lib/config/environment';
import { dev } from '../../test/fixtures/dev';

export const COUNT = 200;
/** Nodes that hold what they may request, at their most. */
const NODES = 450;

/** The specification's tenants and as many others as make 200: of each tier, every twentieth suspended. */
const tenants: readonly TenantConfig[] = [
  ...dev.tenants,
  ...Array.from({ length: COUNT - dev.tenants.length }, (_, index): TenantConfig => ({
    id: `generated-${index + 1}`,
    name: `Generated tenant ${index + 1}`,
    tier: index % 4 === 0 ? 'standard' : TENANT_TIERS[0],
    status: index % 20 === 19 ? 'suspended' : 'active',
  })),
];

const { nodeGroups } = dev.cluster;

/** Development with 200 tenants. */
export const MANY_TENANTS: EnvironmentConfig = {
  ...dev,
  tenants,
  tenantRecord: assign(tenants, dev.tenantRecord),
  cluster: {
    ...dev.cluster,
    nodeGroups: { ...nodeGroups, application: { ...nodeGroups.application, maxSize: NODES } },
  },
};
