/** Roles of node groups. The name is also the value of the label `node-type` and the key of the group's taint. */
export const NODE_GROUP_NAMES = ['application', 'database', 'monitoring'] as const;
export type NodeGroupName = (typeof NODE_GROUP_NAMES)[number];

/** The namespaces that every environment has. */
export const PLATFORM_NAMESPACE_NAMES = ['platform-core', 'platform-apps', 'platform-monitoring'] as const;
export type PlatformNamespace = (typeof PLATFORM_NAMESPACE_NAMES)[number];

/** The platform's services. */
export const SERVICE_NAMES = ['api-gateway', 'frontend', 'auth-service', 'tenant-service', 'service-registry'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Of a public service, two releases can stand side by side: one has its users, and the other is ready for them. */
export const COLORS = ['blue', 'green'] as const;
export type Color = (typeof COLORS)[number];

/** The public sites: each has a CloudFront distribution of its own, and the pods of one Service behind it (sites.ts). */
export const SITE_NAMES = ['app', 'api', 'grafana'] as const;
export type SiteName = (typeof SITE_NAMES)[number];

/** How much a finding matters: `critical` wakes somebody, `warning` waits for the morning. */
export const SEVERITIES = ['critical', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Tiers of tenants, smallest first; tenant-tiers.ts has the quotas of each. */
export const TENANT_TIERS = ['basic', 'standard', 'premium'] as const;
export type TenantTier = (typeof TENANT_TIERS)[number];

/** Of a suspended tenant no pod runs; its data stays. */
export const TENANT_STATUSES = ['active', 'suspended'] as const;
export type TenantStatus = (typeof TENANT_STATUSES)[number];
