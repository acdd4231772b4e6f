import type { TenantConfig } from '../environment';

/** The tenants of development. After a change: `npm run tenants` (docs/tenants.md). */
export const tenants: readonly TenantConfig[] = [
  { id: 'acme', name: 'Acme', tier: 'basic', status: 'active' },
  { id: 'umbrella', name: 'Umbrella', tier: 'standard', status: 'suspended' },
];
