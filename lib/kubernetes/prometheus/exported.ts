import { SERVICE_METRICS, seriesOf } from '../metrics';

/**
 * Scraped programs, and the series of each that rules and dashboards use. Add a series here before you use it, and see that it exists:
 * of kubelets and kube-state-metrics, Prometheus keeps no other.
 */
export const EXPORTED = {
  services: Object.entries(SERVICE_METRICS).flatMap(([name, metric]) => seriesOf(name, metric)),
  Prometheus: [
    'up',
    'ALERTS',
    'prometheus_notifications_dropped_total',
    'prometheus_rule_evaluation_failures_total',
    'prometheus_rule_group_last_duration_seconds',
    'prometheus_target_scrapes_exceeded_sample_limit_total',
    'prometheus_tsdb_compactions_failed_total',
    'prometheus_tsdb_head_series',
    'prometheus_tsdb_wal_corruptions_total',
    'scrape_duration_seconds',
    'scrape_samples_post_metric_relabeling',
  ],
  Alertmanager: ['alertmanager_notifications_failed_total', 'alertmanager_notifications_total'],
  'API server': ['apiserver_request_total'],
  kubelet: [
    'kubelet_certificate_manager_server_ttl_seconds',
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_capacity_bytes',
  ],
  'kubelet, of containers (cAdvisor)': [
    'container_cpu_cfs_periods_total',
    'container_cpu_cfs_throttled_periods_total',
    'container_cpu_usage_seconds_total',
    'container_memory_working_set_bytes',
  ],
  'kube-state-metrics': [
    'kube_deployment_spec_replicas',
    'kube_deployment_status_condition',
    'kube_deployment_status_replicas_available',
    'kube_horizontalpodautoscaler_spec_max_replicas',
    'kube_horizontalpodautoscaler_status_current_replicas',
    'kube_job_failed',
    'kube_node_status_condition',
    'kube_pod_container_resource_limits',
    'kube_pod_container_resource_requests',
    'kube_pod_container_status_last_terminated_reason',
    'kube_pod_container_status_restarts_total',
    'kube_pod_container_status_waiting_reason',
    'kube_pod_status_phase',
    'kube_resourcequota',
  ],
  'node-exporter': [
    'node_cpu_seconds_total',
    'node_filesystem_avail_bytes',
    'node_filesystem_size_bytes',
    'node_memory_MemAvailable_bytes',
    'node_memory_MemTotal_bytes',
  ],
  mysqld_exporter: [
    'mysql_up',
    'mysql_global_status_innodb_buffer_pool_read_requests',
    'mysql_global_status_innodb_buffer_pool_reads',
    'mysql_global_status_questions',
    'mysql_global_status_slow_queries',
    'mysql_global_status_threads_connected',
    'mysql_global_status_threads_running',
    'mysql_global_variables_max_connections',
    'mysql_slave_status_replica_io_running',
    'mysql_slave_status_replica_sql_running',
    'mysql_slave_status_seconds_behind_source',
  ],
  redis_exporter: [
    'redis_up',
    'redis_commands_processed_total',
    'redis_connected_clients',
    'redis_evicted_keys_total',
    'redis_keyspace_hits_total',
    'redis_keyspace_misses_total',
    'redis_master_link_up',
    'redis_memory_max_bytes',
    'redis_memory_used_bytes',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A scraped program, or a group of them. */
export type Exporter = keyof typeof EXPORTED;

/** Labels of nodes, as Prometheus puts them on what it scrapes there. */
const NODE = ['node', 'node_type'];

/** Labels beside `job` and `instance` by which rules and dashboards choose, or tell apart, the series of each. */
export const LABELS: Readonly<Record<Exporter, readonly string[]>> = {
  services: ['app', 'pod'], // and those of the contract
  Prometheus: ['alertname', 'alertstate', 'severity', 'service', 'rule_group', ...NODE],
  Alertmanager: ['integration'],
  'API server': ['code'],
  kubelet: ['namespace', 'persistentvolumeclaim', ...NODE],
  'kubelet, of containers (cAdvisor)': ['namespace', 'pod', 'container', 'node'],
  'kube-state-metrics': [
    'namespace',
    'deployment',
    'horizontalpodautoscaler',
    'job_name',
    'pod',
    'container',
    'node',
    'condition',
    'status',
    'phase',
    'reason',
    'resource',
    'resourcequota',
    'type',
  ],
  'node-exporter': ['mode', 'mountpoint', ...NODE],
  mysqld_exporter: ['role'],
  redis_exporter: ['shard'],
};
