export {
  NODE_GROUP_NAMES,
  PLATFORM_NAMESPACE_NAMES,
  SERVICE_NAMES,
  SEVERITIES,
  TENANT_STATUSES,
  TENANT_TIERS,
  type NodeGroupName,
  type PlatformNamespace,
  type ServiceName,
  type Severity,
  type SiteName,
  type TenantStatus,
} from '../model/names';
export type { ClusterConfig, NodeGroupConfig, RootVolumeConfig } from './schema/cluster';
export type { DeployedConfig } from './schema/deployed';
export type { DomainConfig, EdgeConfig, HostsConfig, ZoneConfig } from './schema/edge';
export type { EnvironmentConfig } from './schema/environment';
export type { GrafanaConfig, MonitoringConfig, NotificationConfig, PrometheusConfig } from './schema/monitoring';
export type { MysqlConfig } from './schema/mysql';
export type { NetworkConfig } from './schema/network';
export type { RecoveryConfig } from './schema/recovery';
export type { RedisConfig } from './schema/redis';
export type { TagsConfig } from './schema/tags';
export type { RecordedTenant, TenantConfig, TenantRecord } from './schema/tenants';
export type {
  AutoscalingConfig,
  NamespaceConfig,
  QuotaConfig,
  Releases,
  ResourceQuantities,
  Resources,
  ServiceConfig,
} from './schema/workloads';
