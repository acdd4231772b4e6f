import { always, grows, one, quotaUse, type AlertCase, type Series } from './alert-case';

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

/** Alerts of Deployments, pods and Jobs, of their namespaces and of their volumes. */
export const WORKLOADS: Readonly<Record<string, AlertCase>> = {
  ServiceDown: {
    fires: {
      ...replicas(0, 3, 'namespace="platform-core", deployment="api-gateway-blue"'),
      ...replicas(0, 3, 'namespace="platform-core", deployment="auth-service"'),
    },
    for: { 'api-gateway': 1, 'auth-service': 1 },
    quiet: {
      ...replicas(0, 0),
      ...replicas(0, 1, 'namespace="platform-monitoring", deployment="redis-exporter"'),
      // One color has pods: whether users meet it, the load balancer's alarm says.
      ...replicas(3, 3, 'namespace="platform-apps", deployment="frontend-blue"'),
      ...replicas(0, 3, 'namespace="platform-apps", deployment="frontend-green"'),
    },
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
    fires: quotaUse('platform-core', 91),
    for: { 'platform-core': 1 },
    quiet: { ...quotaUse('platform-core', 90), ...quotaUse('tenant-acme', 99) },
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
};
