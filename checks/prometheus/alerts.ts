import { JOBS } from '../../lib/kubernetes/prometheus/jobs';

/** Series and their values each minute, in the notation of promtool. */
export type Series = Readonly<Record<string, string>>;

/** What makes an alert fire, for whom, and what comes close and does not. */
export interface AlertCase {
  readonly fires: Series;
  /** How many alerts there are for each service. */
  readonly for: Readonly<Record<string, number>>;
  readonly quiet: Series;
}

/** The same value for seven hours. */
const always = (value: number) => `${value}x420`;
/** A counter that grows by so much a minute. */
const grows = (by: number) => `0+${by}x420`;

const requests = (app: string, failing: number): Series => ({
  [`http_requests_total{job="platform-services", app="${app}", code="200"}`]: grows(1000 - failing),
  [`http_requests_total{job="platform-services", app="${app}", code="503"}`]: grows(failing),
});
const durations = (slow: number, app = 'api-gateway'): Series => ({
  ...requests(app, 0),
  [`http_request_duration_seconds_count{job="platform-services", app="${app}"}`]: grows(1000),
  [`http_request_duration_seconds_bucket{job="platform-services", app="${app}", le="0.5"}`]: grows(1000 - slow),
});
/** A request a minute, of which two fail: more than a budget has, and next to nothing. */
const night: Series = {
  'http_requests_total{job="platform-services", app="frontend", code="200"}': grows(1),
  'http_requests_total{job="platform-services", app="frontend", code="503"}': '0x32 1x3 2x380',
};
const tenant = (failing: number): Series => ({
  'tenant_requests_total{job="platform-services", tenant="acme", outcome="success"}': grows(100 - failing),
  'tenant_requests_total{job="platform-services", tenant="acme", outcome="failure"}': grows(failing),
});
const quota = (namespace: string, used: number): Series => ({
  [`kube_resourcequota{resourcequota="quota", namespace="${namespace}", resource="limits.cpu", type="used"}`]:
    always(used),
  [`kube_resourcequota{resourcequota="quota", namespace="${namespace}", resource="limits.cpu", type="hard"}`]:
    always(100),
});
const replicas = (
  available: number,
  wanted: number,
  of = 'namespace="platform-core", deployment="api-gateway"',
): Series => ({
  [`kube_deployment_status_replicas_available{${of}}`]: always(available),
  [`kube_deployment_spec_replicas{${of}}`]: always(wanted),
});
const CONTAINER = 'namespace="platform-core", pod="api-gateway-1", container="api-gateway"';
const volume = (free: number): Series => ({
  'kubelet_volume_stats_available_bytes{namespace="platform-monitoring", persistentvolumeclaim="prometheus-pvc"}':
    always(free),
  'kubelet_volume_stats_capacity_bytes{namespace="platform-monitoring", persistentvolumeclaim="prometheus-pvc"}':
    always(100),
});
const up = (jobs: readonly string[], value: number): Series =>
  Object.fromEntries(jobs.map((job) => [`up{job="${job}", instance="here"}`, always(value)]));

/** One series that fires at one value and not at another. */
const one = (series: string, service: string, fires: string, quiet: string): AlertCase => ({
  fires: { [series]: fires },
  for: { [service]: 1 },
  quiet: { [series]: quiet },
});

/** Every alert. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  ErrorBudgetBurnsFast: {
    fires: requests('api-gateway', 20),
    for: { 'api-gateway': 2 },
    quiet: { ...requests('api-gateway', 5), ...night },
  },
  ErrorBudgetBurnsSlowly: {
    fires: requests('frontend', 4),
    for: { frontend: 2 },
    quiet: requests('frontend', 0.9),
  },
  LatencyBudgetBurnsFast: { fires: durations(200), for: { 'api-gateway': 2 }, quiet: durations(50) },
  LatencyBudgetBurnsSlowly: { fires: durations(40), for: { 'api-gateway': 2 }, quiet: durations(9) },
  PublicServiceUnmeasured: {
    fires: { ...durations(0), ...requests('frontend', 0) }, // of the frontend, it is not known how long they take
    for: { frontend: 1 },
    quiet: { ...durations(0), ...durations(0, 'frontend') },
  },
  TenantRequestsFail: { fires: tenant(6), for: { 'api-gateway': 1 }, quiet: tenant(4) },
  TenantQuotaExhausted: {
    fires: { ...quota('tenant-acme', 96), ...quota('tenant-globex', 90) },
    for: { tenants: 1 },
    quiet: { ...quota('tenant-acme', 95), ...quota('platform-core', 99) },
  },
  ServiceDown: {
    fires: replicas(0, 3),
    for: { 'api-gateway': 1 },
    quiet: { ...replicas(0, 0), ...replicas(0, 1, 'namespace="platform-monitoring", deployment="redis-exporter"') },
  },
  ReplicasMissing: { fires: replicas(2, 3), for: { 'api-gateway': 1 }, quiet: replicas(3, 3) },
  RolloutStuck: one(
    'kube_deployment_status_condition{namespace="platform-core", deployment="auth-service", condition="Progressing", status="false"}',
    'auth-service',
    always(1),
    always(0),
  ),
  PodCrashLooping: one(
    `kube_pod_container_status_waiting_reason{${CONTAINER}, reason="CrashLoopBackOff"}`,
    'api-gateway',
    '1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1x400',
    `1x3 ${always(0)}`,
  ),
  PodPending: one(
    'kube_pod_status_phase{namespace="platform-apps", pod="frontend-1", phase="Pending"}',
    'platform-apps',
    always(1),
    `1x10 ${always(0)}`,
  ),
  JobFailed: one(
    'kube_job_failed{namespace="platform-core", job_name="database-setup-core-1", condition="true"}',
    'database-setup-core-1',
    always(1),
    always(0),
  ),
  AutoscalerAtMaximum: {
    fires: {
      'kube_horizontalpodautoscaler_status_current_replicas{namespace="platform-core", horizontalpodautoscaler="api-gateway-hpa"}':
        always(20),
      'kube_horizontalpodautoscaler_spec_max_replicas{namespace="platform-core", horizontalpodautoscaler="api-gateway-hpa"}':
        always(20),
    },
    for: { 'api-gateway-hpa': 1 },
    quiet: {
      'kube_horizontalpodautoscaler_status_current_replicas{namespace="platform-core", horizontalpodautoscaler="api-gateway-hpa"}':
        always(19),
      'kube_horizontalpodautoscaler_spec_max_replicas{namespace="platform-core", horizontalpodautoscaler="api-gateway-hpa"}':
        always(20),
    },
  },
  QuotaNearLimit: {
    fires: quota('platform-core', 91),
    for: { 'platform-core': 1 },
    quiet: { ...quota('platform-core', 90), ...quota('tenant-acme', 99) },
  },
  CpuThrottled: {
    fires: {
      [`container_cpu_cfs_throttled_periods_total{${CONTAINER}}`]: grows(360),
      [`container_cpu_cfs_periods_total{${CONTAINER}}`]: grows(600),
    },
    for: { 'api-gateway': 1 },
    quiet: {
      [`container_cpu_cfs_throttled_periods_total{${CONTAINER}}`]: grows(240),
      [`container_cpu_cfs_periods_total{${CONTAINER}}`]: grows(600),
    },
  },
  MemoryNearLimit: {
    fires: {
      [`container_memory_working_set_bytes{${CONTAINER}, node="n"}`]: always(95),
      [`kube_pod_container_resource_limits{${CONTAINER}, resource="memory"}`]: always(100),
    },
    for: { 'api-gateway': 1 },
    quiet: {
      [`container_memory_working_set_bytes{${CONTAINER}, node="n"}`]: always(85),
      [`kube_pod_container_resource_limits{${CONTAINER}, resource="memory"}`]: always(100),
    },
  },
  ContainerOutOfMemory: {
    fires: {
      [`kube_pod_container_status_restarts_total{${CONTAINER}}`]: grows(1),
      [`kube_pod_container_status_last_terminated_reason{${CONTAINER}, reason="OOMKilled"}`]: always(1),
    },
    for: { 'api-gateway': 1 },
    quiet: {
      [`kube_pod_container_status_restarts_total{${CONTAINER}}`]: always(3),
      [`kube_pod_container_status_last_terminated_reason{${CONTAINER}, reason="OOMKilled"}`]: always(1),
    },
  },
  EventLoopBlocked: one(
    'nodejs_eventloop_lag_p99_seconds{job="platform-services", app="api-gateway", pod="api-gateway-1"}',
    'api-gateway',
    always(0.6),
    always(0.4),
  ),
  VolumeFilling: { fires: volume(14), for: { 'prometheus-pvc': 1 }, quiet: volume(16) },
  VolumeAlmostFull: { fires: volume(4), for: { 'prometheus-pvc': 1 }, quiet: volume(6) },
  NodeNotReady: one(
    'kube_node_status_condition{node="ip-10-0-1-1", condition="Ready", status="true"}',
    'nodes',
    always(0),
    `0x8 ${always(1)}`,
  ),
  NodeUnderPressure: one(
    'kube_node_status_condition{node="ip-10-0-1-1", condition="DiskPressure", status="true"}',
    'nodes',
    always(1),
    always(0),
  ),
  NodeMemoryShort: {
    fires: {
      'node_memory_MemAvailable_bytes{node="ip-10-0-1-1"}': always(4),
      'node_memory_MemTotal_bytes{node="ip-10-0-1-1"}': always(100),
    },
    for: { nodes: 1 },
    quiet: {
      'node_memory_MemAvailable_bytes{node="ip-10-0-1-1"}': always(6),
      'node_memory_MemTotal_bytes{node="ip-10-0-1-1"}': always(100),
    },
  },
  NodeDiskFilling: {
    fires: {
      'node_filesystem_avail_bytes{node="ip-10-0-1-1", mountpoint="/"}': always(14),
      'node_filesystem_size_bytes{node="ip-10-0-1-1", mountpoint="/"}': always(100),
    },
    for: { nodes: 1 },
    quiet: {
      'node_filesystem_avail_bytes{node="ip-10-0-1-1", mountpoint="/boot/efi"}': always(14),
      'node_filesystem_size_bytes{node="ip-10-0-1-1", mountpoint="/boot/efi"}': always(100),
    },
  },
  NodeCertificateExpires: one(
    'kubelet_certificate_manager_server_ttl_seconds{node="ip-10-0-1-1"}',
    'nodes',
    always(71 * 3600),
    always(73 * 3600),
  ),
  ApiServerErrors: {
    fires: {
      'apiserver_request_total{job="kubernetes-apiservers", code="200"}': grows(96),
      'apiserver_request_total{job="kubernetes-apiservers", code="500"}': grows(4),
    },
    for: { 'api-server': 1 },
    quiet: {
      'apiserver_request_total{job="kubernetes-apiservers", code="200"}': grows(98),
      'apiserver_request_total{job="kubernetes-apiservers", code="500"}': grows(2),
    },
  },
  MysqlUnreachable: {
    fires: { 'mysql_up{instance="primary:3306", role="primary"}': always(0) },
    for: { mysql: 1 },
    quiet: {
      'mysql_up{instance="primary:3306", role="primary"}': always(1),
      'mysql_up{instance="replica:3306", role="replica"}': always(0),
    },
  },
  MysqlReplicaUnreachable: {
    fires: {
      'mysql_up{instance="one:3306", role="replica"}': always(0),
      'mysql_up{instance="two:3306", role="replica"}': always(0),
    },
    for: { mysql: 2 },
    quiet: {
      'mysql_up{instance="primary:3306", role="primary"}': always(0),
      'mysql_up{instance="one:3306", role="replica"}': always(1),
    },
  },
  MysqlReplicationStopped: one(
    'mysql_slave_status_replica_sql_running{instance="replica:3306"}',
    'mysql',
    always(0),
    always(1),
  ),
  MysqlReplicaLags: one(
    'mysql_slave_status_seconds_behind_source{instance="replica:3306"}',
    'mysql',
    always(61),
    `90x5 ${always(1)}`,
  ),
  MysqlConnectionsNearLimit: {
    fires: {
      'mysql_global_status_threads_connected{instance="primary:3306"}': always(81),
      'mysql_global_variables_max_connections{instance="primary:3306"}': always(100),
    },
    for: { mysql: 1 },
    quiet: {
      'mysql_global_status_threads_connected{instance="primary:3306"}': always(79),
      'mysql_global_variables_max_connections{instance="primary:3306"}': always(100),
    },
  },
  RedisUnreachable: {
    fires: {
      'redis_up{instance="rediss://one:6379", shard="0001"}': always(0),
      'redis_up{instance="rediss://two:6379", shard="0001"}': always(0),
      'redis_up{instance="rediss://three:6379", shard="0002"}': always(1),
    },
    for: { redis: 1 },
    quiet: {
      'redis_up{instance="rediss://one:6379", shard="0001"}': always(0),
      'redis_up{instance="rediss://two:6379", shard="0001"}': always(1),
    },
  },
  RedisNodeUnreachable: one('redis_up{instance="rediss://one:6379", shard="0001"}', 'redis', always(0), always(1)),
  RedisMemoryNearLimit: {
    fires: {
      'redis_memory_used_bytes{instance="rediss://one:6379"}': always(91),
      'redis_memory_max_bytes{instance="rediss://one:6379"}': always(100),
    },
    for: { redis: 1 },
    quiet: {
      'redis_memory_used_bytes{instance="rediss://one:6379"}': always(91),
      'redis_memory_max_bytes{instance="rediss://one:6379"}': always(0), // it has no limit
    },
  },
  RedisReplicaCutOff: one('redis_master_link_up{instance="rediss://two:6379"}', 'redis', always(0), always(1)),
  Watchdog: { fires: {}, for: { watchdog: 1 }, quiet: {} },
  TargetDown: { fires: up(['mysql'], 0), for: { mysql: 1 }, quiet: up(['mysql'], 1) },
  JobWithoutTargets: {
    fires: up(JOBS.slice(1), 1),
    for: { 'kubernetes-apiservers': 1 },
    quiet: up(JOBS, 1),
  },
  TargetTooLarge: one(
    'prometheus_target_scrapes_exceeded_sample_limit_total{job="prometheus"}',
    'prometheus',
    grows(1),
    always(5),
  ),
  RuleFails: one(
    'prometheus_rule_evaluation_failures_total{job="prometheus", rule_group="slo"}',
    'prometheus',
    grows(1),
    always(5),
  ),
  AlertsDropped: one('prometheus_notifications_dropped_total{job="prometheus"}', 'prometheus', grows(1), always(5)),
  NotificationsFail: one(
    'alertmanager_notifications_failed_total{job="alertmanager", integration="sns", reason="other"}',
    'alertmanager',
    Array.from({ length: 60 }, (_, minute) => Math.floor(minute / 5)).join(' '), // of one topic only
    `0x33 ${always(1)}`, // once, at last
  ),
  MetricsNotStored: one(
    'prometheus_tsdb_compactions_failed_total{job="prometheus"}',
    'prometheus',
    grows(1),
    always(5),
  ),
};

/** The one alert that nothing keeps quiet. */
export const ALWAYS = 'Watchdog';
