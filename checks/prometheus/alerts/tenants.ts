import { grows, quotaUse, type AlertCase, type Series } from './alert-case';

const tenant = (failing: number): Series => ({
  'tenant_requests_total{job="platform-services", tenant="acme", outcome="success"}': grows(100 - failing),
  'tenant_requests_total{job="platform-services", tenant="acme", outcome="failure"}': grows(failing),
});

/** Alerts of tenants. */
export const TENANTS: Readonly<Record<string, AlertCase>> = {
  TenantRequestsFail: { fires: tenant(6), for: { 'api-gateway': 1 }, quiet: tenant(4) },
  TenantQuotaExhausted: {
    fires: { ...quotaUse('tenant-acme', 96), ...quotaUse('tenant-globex', 90) },
    for: { tenants: 1 },
    quiet: { ...quotaUse('tenant-acme', 95), ...quotaUse('platform-core', 99) },
  },
};
