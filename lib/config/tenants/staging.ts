import type { TenantConfig } from '../environment';

/** The tenants of staging. After a change: `npm run tenants` (docs/tenants.md). */
export const tenants: readonly TenantConfig[] = [
  { id: 'acme', name: 'Acme', tier: 'standard', status: 'active' },
  { id: 'globex', name: 'Globex', tier: 'premium', status: 'active' },
];
