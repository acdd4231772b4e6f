import type { TenantConfig } from '../environment';

/** The tenants of production. After a change: `npm run tenants` (docs/tenants.md). */
export const tenants: readonly TenantConfig[] = [
  { id: 'acme', name: 'Acme', tier: 'standard', status: 'active' },
  { id: 'globex', name: 'Globex', tier: 'premium', status: 'active' },
  { id: 'initech', name: 'Initech', tier: 'basic', status: 'active' },
];
