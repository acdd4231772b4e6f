/** What a tenant may use, smallest first; the numbers are in tenant-tiers.ts. */
export const TENANT_TIERS = ['basic', 'standard', 'premium'] as const;
export type TenantTier = (typeof TENANT_TIERS)[number];

/** Of a suspended tenant no pod runs; its data stays. */
export const TENANT_STATUSES = ['active', 'suspended'] as const;
export type TenantStatus = (typeof TENANT_STATUSES)[number];

/** One tenant. */
export interface TenantConfig {
  /** Part of names and labels: up to 40 lower case letters, digits and hyphens. Never given to somebody else: data bears it. */
  readonly id: string;
  /** For people: 1 to 100 characters. */
  readonly name: string;
  readonly tier: TenantTier;
  readonly status: TenantStatus;
}

/** Which stack holds which tenant, so that no change of the list moves one. Written by `npm run tenants`, never by hand. */
export interface TenantRecord {
  /** Number of stacks that there have ever been. One stays when its last tenant has left: nothing else would delete what it held. */
  readonly stacks: number;
  /** By the id of the tenant. */
  readonly tenants: Readonly<Record<string, RecordedTenant>>;
}

/** What is recorded of a tenant. */
export interface RecordedTenant {
  /** Number of its stack, from 1. It never changes. */
  readonly stack: number;
  /** As the list had it when it was recorded: an active tenant cannot leave. */
  readonly status: TenantStatus;
}
