import type { DomainConfig, EdgeConfig } from './edge-config';
import type { MonitoringConfig } from './monitoring-config';
import type { TenantConfig, TenantRecord } from './tenant';

/** The environments of the platform, in promotion order. */
export const ENVIRONMENT_NAMES = ['dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

/** Everything that may differ between environments. One plain value of this type per environment. */
export interface EnvironmentConfig {
  /** Value of `-c env=`; part of the names of stacks and of the cluster. */
  readonly name: EnvironmentName;
  /** AWS account that holds the environment: 12 digits. Refuses that of another environment. */
  readonly account: string;
  /** Home region. */
  readonly region: string;
  /** Region for copies of the backups, never the home region. Nothing is copied yet. */
  readonly recoveryRegion: string;
  /** On every resource that takes tags. */
  readonly tags: TagsConfig;
  /**
   * Refuse deletion: deletion protection of every resource that knows it, and termination protection of every stack (which
   * only the CLI sets: the pipeline leaves it as it is). `-c deletionProtection=false` switches it off, for a first
   * deployment or a tear-down (docs/teardown.md).
   */
  readonly deletionProtection: boolean;
  /** Keep audit and flow logs when their stack is deleted. */
  readonly retainLogs: boolean;
  /** Keep data when its stack is deleted: a final snapshot of MySQL and Redis, the buckets, and the keys that open them. */
  readonly retainData: boolean;
  /**
   * What the environment runs on since its first deployment; copy it here once that has succeeded. Synthesis then refuses a
   * change that would replace or cannot shrink it. @default - not deployed yet
   */
  readonly deployed?: DeployedConfig | undefined;
  readonly network: NetworkConfig;
  readonly cluster: ClusterConfig;
  /**
   * Hour, UTC, 0 to 23, in which four quiet hours begin. Backups run in the first, Redis snapshots in the second, weekly
   * maintenance and monthly rotation of passwords in the last two.
   */
  readonly quietHour: number;
  readonly mysql: MysqlConfig;
  readonly redis: RedisConfig;
  readonly uploads: UploadsConfig;
  /** Services report their errors to Sentry. Its DSN is a value that only people know (docs/secrets.md). */
  readonly sentry: boolean;
  /** What the pods of each of the platform's namespaces may take together, at their most and in the middle of a rollout. */
  readonly quotas: Readonly<Record<PlatformNamespace, QuotaConfig>>;
  /** Namespaces beside the platform's own, for people who try things out. */
  readonly extraNamespaces: readonly ExtraNamespaceConfig[];
  /** Who uses the platform, each in a namespace `tenant-ID` of its own (docs/tenants.md). */
  readonly tenants: readonly TenantConfig[];
  /** Where each tenant is deployed: what `npm run tenants` recorded. */
  readonly tenantRecord: TenantRecord;
  /** Names under which the platform is reached (docs/edge.md). @default - those that CloudFront gives */
  readonly domain?: DomainConfig | undefined;
  /** What stands between the internet and the load balancer. */
  readonly edge: EdgeConfig;
  /** Who hears of what, and how long what is measured stays. */
  readonly monitoring: MonitoringConfig;
  /**
   * How far services scale by themselves. Switched on later, it takes each service down to one pod for a moment, for Kubernetes
   * gives a number that is no longer configured back to its default. @default - they do not
   */
  readonly autoscaling?: AutoscalingConfig;
  /** The platform's own services, by name. */
  readonly services: Readonly<Record<ServiceName, ServiceConfig>>;
}

/** Values of the configuration that a running environment cannot change. */
export interface DeployedConfig {
  readonly account: string;
  readonly region: string;
  readonly vpcCidr: string;
  readonly podCidrs: readonly string[];
  readonly availabilityZones: readonly string[];
  readonly serviceCidr: string;
  readonly mysqlEngineVersion: string;
  readonly mysqlStorageGiB: number;
  readonly redisReplicasPerShard: number;
  /** Those of `cluster.nodeGroups`. What is there keeps the number of nodes that it has, whatever sizes are deployed. */
  readonly nodeGroups: Readonly<Record<NodeGroupName, Pick<NodeGroupConfig, 'instanceType' | 'subnets' | 'maxSize'>>>;
  /** What the instances of nodes and their volumes carry of `tags`. Another value replaces every node, one after another. */
  readonly nodeTags: OwnerTags;
}

/** Whom to ask and to charge. Cost allocation tags: activate them in the billing console of the organization. */
export interface OwnerTags {
  /** Team that answers for it. */
  readonly owner: string;
  /** Where its cost is booked. */
  readonly costCenter: string;
}

/** Tags of an environment. */
export interface TagsConfig extends OwnerTags {
  /** Long name of the environment, as namespaces carry it too. */
  readonly environment: 'production' | 'staging' | 'development';
}

/** The VPC of an environment. */
export interface NetworkConfig {
  /** Primary IPv4 block, /16 to /18: public, private and data subnets of every zone, with room for four zones. */
  readonly vpcCidr: string;
  /**
   * Additional IPv4 blocks for pods, /16 to /24, at most four (a VPC holds five blocks). The n-th block is the pod subnet
   * of the n-th zone; further blocks stay spare.
   */
  readonly podCidrs: readonly string[];
  /** Full zone names, three or four, of the home region. A fourth can come later, behind the others (docs/addresses.md). */
  readonly availabilityZones: readonly string[];
  /** NAT gateways, 1 to the number of zones: one is cheap, one per zone survives the loss of any. */
  readonly natGateways: number;
  /**
   * Zones that have network interfaces of the AWS service endpoints, 1 to the number of zones. Each of the services costs by
   * interface and hour; the other zones reach them across zones.
   */
  readonly endpointZones: number;
  /** Days that flow logs are kept; a value that CloudWatch Logs takes. */
  readonly flowLogRetentionDays: number;
}

/** The EKS cluster of an environment. */
export interface ClusterConfig {
  /** Kubernetes minor version, a row of the table in versions.ts. */
  readonly kubernetesVersion: string;
  /**
   * Kubernetes minor version of nodes and add-ons while the control plane is one ahead of them, and can go back (docs/upgrade.md).
   * @default - that of the control plane
   */
  readonly nodeVersion?: string;
  /** The cluster was created earlier, so a version that EKS no longer creates is accepted. @default false */
  readonly exists?: boolean;
  /** IPv4 block of Services, /12 to /24, outside of the VPC's blocks. Fixed at creation. */
  readonly serviceCidr: string;
  /** ARNs of the IAM roles that administer the cluster: at least one, for nobody else can get in. They must exist. */
  readonly administratorRoleArns: readonly string[];
  /**
   * Networks that may reach a public API endpoint beside the private one, never the whole internet.
   * Empty: private only, reached through Session Manager (docs/access.md).
   */
  readonly publicEndpointCidrs: readonly string[];
  /** Days that API server, audit and other control plane logs are kept: 30 or more, a value that CloudWatch Logs takes. */
  readonly controlPlaneLogRetentionDays: number;
  /** The managed node groups, by role. */
  readonly nodeGroups: Readonly<Record<NodeGroupName, NodeGroupConfig>>;
}

/** Roles of node groups. The name is also the value of the label `node-type` and the key of the group's taint. */
export const NODE_GROUP_NAMES = ['application', 'database', 'monitoring'] as const;
export type NodeGroupName = (typeof NODE_GROUP_NAMES)[number];

/** The nodes of one role: equal machines, in a managed node group for each zone. */
export interface NodeGroupConfig {
  /** EC2 instance type, x86-64. */
  readonly instanceType: string;
  /** Number of nodes that always run, spread over the zones; at least 1. */
  readonly minSize: number;
  /** Number of nodes that the autoscaler may reach, in all zones together. */
  readonly maxSize: number;
  /** Subnets: `private` reaches the internet through NAT, `data` reaches AWS endpoints only. */
  readonly subnets: 'private' | 'data';
  /** Encrypted root volume. */
  readonly rootVolume: RootVolumeConfig;
  /** Name of an EC2 key pair for SSH. @default - none; Session Manager needs no key */
  readonly sshKeyName?: string;
}

/** Root volume of a node. */
export type RootVolumeConfig =
  /** General purpose, with the baseline of 3000 IOPS. */
  | { readonly type: 'gp3'; readonly sizeGiB: number }
  /** Provisioned IOPS, at most 1000 per GiB. */
  | { readonly type: 'io2'; readonly sizeGiB: number; readonly iops: number };

/** The RDS MySQL of an environment: a primary and its read replicas, all of one class. */
export interface MysqlConfig {
  /** Engine version, a row of the table in versions.ts. A change takes effect at once, with a short outage. */
  readonly engineVersion: string;
  /** Engine version of the replicas during an upgrade, in which they go first (docs/upgrade.md). @default - as it is */
  readonly replicaEngineVersion?: string;
  /** RDS instance class, e.g. `db.t4g.medium`. A change takes effect at once, with a short outage. */
  readonly instanceClass: string;
  /** Keep a standby in another zone, to which RDS fails over. */
  readonly multiAz: boolean;
  /** Number of read replicas, 0 to 5; each in the next zone. */
  readonly readReplicas: number;
  /** Allocated gp3 storage in GiB, 20 or more. It never shrinks: a change has to be above what RDS has grown it to. */
  readonly storageGiB: number;
  /** Limit up to which RDS grows the storage by itself, in GiB: at least a tenth above `storageGiB`. */
  readonly maxStorageGiB: number;
  /** Days of automated backups, 1 to 35. */
  readonly backupRetentionDays: number;
  /** Database Insights with seven days of history. Classes below `medium` do not have it. */
  readonly insights: boolean;
  /** Services write through an RDS Proxy, which keeps their connections over a failover. */
  readonly proxy: boolean;
  /** Raise it to have databases and users set up again, after a restore. @default 1 */
  readonly setupRun?: number;
  /** Days that error and slow query logs are kept; a value that CloudWatch Logs takes. */
  readonly logRetentionDays: number;
}

/** The ElastiCache Redis of an environment: one replication group in cluster mode. */
export interface RedisConfig {
  /** ElastiCache node type, e.g. `cache.t4g.small`. */
  readonly nodeType: string;
  /** Number of shards, 1 to 90. */
  readonly shards: number;
  /**
   * Replicas of each shard, 0 to 5; with one or more, a shard survives the loss of a zone. Fixed at creation. A group without
   * replicas may refuse later changes (automatic failover, which cluster mode requires, wants one): make it anew then.
   */
  readonly replicasPerShard: number;
  /** Days of daily snapshots, 1 to 35. */
  readonly snapshotRetentionDays: number;
  /** Days that slow and engine logs are kept; a value that CloudWatch Logs takes. */
  readonly logRetentionDays: number;
}

/** The bucket of what tenants upload. */
export interface UploadsConfig {
  /** Days after which the earlier versions of an object, deleted ones too, are gone for good: 1 or more. */
  readonly noncurrentVersionDays: number;
}

/** A namespace, and whom it belongs to. */
export interface NamespaceConfig {
  readonly name: string;
  readonly team: string;
  readonly securityLevel: 'high' | 'medium' | 'low';
}

/** The namespaces that every environment has. */
export const PLATFORM_NAMESPACE_NAMES = ['platform-core', 'platform-apps', 'platform-monitoring'] as const;
export type PlatformNamespace = (typeof PLATFORM_NAMESPACE_NAMES)[number];

/** A namespace of one environment. */
export interface ExtraNamespaceConfig extends NamespaceConfig {
  readonly quota: QuotaConfig;
}

/** What the pods of a namespace may take together. */
export interface QuotaConfig extends Resources {
  /** Number of pods that run, start or end: 1 or more. */
  readonly pods: number;
}

/** Horizontal autoscaling of every service. It owns the number of replicas where it is on. */
export interface AutoscalingConfig {
  /** Lowest number of pods; a service's own `replicas` where that is larger. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Average use of the CPU that pods request (not of their limit), in percent, above which there are more of them. */
  readonly targetCpuPercent: number;
  /** The same of memory. */
  readonly targetMemoryPercent: number;
}

/** The platform's services. */
export const SERVICE_NAMES = ['api-gateway', 'frontend', 'auth-service', 'tenant-service', 'service-registry'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** One service: which image runs, how often, and how large. */
export interface ServiceConfig {
  /** Image tag: a released version, never a moving one like `latest`. */
  readonly imageTag: string;
  readonly replicas: number;
  /** Of one pod. */
  readonly resources: Resources;
}

/** What is set aside, and what is the most. */
export interface Resources {
  readonly requests: ResourceQuantities;
  readonly limits: ResourceQuantities;
}

/** Kubernetes quantities, e.g. `100m` and `256Mi`. */
export interface ResourceQuantities {
  readonly cpu: string;
  readonly memory: string;
}
