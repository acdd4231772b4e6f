import type { AlertingRule } from './rule';

/** The namespaces that whoever is called answers for. Tenants and people answer for theirs. */
const OURS = 'namespace=~"platform-(core|apps|monitoring)|kube-system"';
/** Those among them without which requests fail. What only watches may wait for the morning. */
const SERVING = 'namespace=~"platform-(core|apps)|kube-system"';

/** Alerts on what runs: pods, rollouts, Jobs, quotas. */
export const WORKLOAD_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'ServiceDown',
    severity: 'critical',
    service: '{{ $labels.deployment }}',
    for: '3m',
    expr: `kube_deployment_status_replicas_available{${SERVING}} == 0 and kube_deployment_spec_replicas{${SERVING}} > 0`,
    summary: 'No pod of {{ $labels.deployment }} is ready',
    description:
      'All pods of {{ $labels.deployment }} in {{ $labels.namespace }} are gone or not ready: it answers nobody.',
  },
  {
    alert: 'ReplicasMissing',
    severity: 'warning',
    service: '{{ $labels.deployment }}',
    for: '15m',
    expr: `kube_deployment_status_replicas_available{${OURS}} < kube_deployment_spec_replicas{${OURS}}`,
    summary: '{{ $labels.deployment }} has fewer pods than it wants',
    description: 'Only {{ $value }} pods of {{ $labels.deployment }} in {{ $labels.namespace }} are ready.',
  },
  {
    alert: 'RolloutStuck',
    severity: 'warning',
    service: '{{ $labels.deployment }}',
    for: '1m', // Kubernetes has waited ten minutes before
    expr: `kube_deployment_status_condition{${OURS}, condition="Progressing", status="false"} == 1`,
    summary: 'The rollout of {{ $labels.deployment }} does not get on',
    description:
      'New pods of {{ $labels.deployment }} in {{ $labels.namespace }} do not get ready; the old ones still run.',
  },
  {
    alert: 'PodCrashLooping',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '10m',
    expr: `max_over_time(kube_pod_container_status_waiting_reason{${OURS}, reason="CrashLoopBackOff"}[5m]) == 1`,
    summary: '{{ $labels.container }} ends soon after each start',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} is started again and again.',
  },
  {
    alert: 'PodPending',
    severity: 'warning',
    service: '{{ $labels.namespace }}', // no node for one is mostly no node for many
    for: '15m',
    expr: `kube_pod_status_phase{${OURS}, phase="Pending"} == 1`,
    summary: '{{ $labels.pod }} does not start',
    description: 'The pod {{ $labels.namespace }}/{{ $labels.pod }} finds no node, no image or no volume.',
  },
  {
    alert: 'JobFailed',
    severity: 'warning',
    service: '{{ $labels.job_name }}',
    for: '1m',
    expr: `kube_job_failed{${OURS}, condition="true"} == 1`,
    summary: 'The Job {{ $labels.job_name }} has failed',
    description: 'The Job {{ $labels.namespace }}/{{ $labels.job_name }} has failed as often as it may.',
  },
  {
    alert: 'AutoscalerAtMaximum',
    severity: 'warning',
    service: '{{ $labels.horizontalpodautoscaler }}',
    for: '30m',
    expr:
      `kube_horizontalpodautoscaler_status_current_replicas{${OURS}} >= ` +
      `kube_horizontalpodautoscaler_spec_max_replicas{${OURS}}`,
    summary: '{{ $labels.horizontalpodautoscaler }} cannot add pods',
    description: '{{ $value }} pods run, as many as may: more load makes the service slower.',
  },
  {
    alert: 'QuotaNearLimit',
    severity: 'warning',
    service: '{{ $labels.namespace }}',
    for: '15m',
    expr: 'namespace_resource:quota:ratio{namespace=~"platform-(core|apps|monitoring)"} > 0.9',
    summary: '{{ $labels.namespace }} has little of its {{ $labels.resource }} left',
    description: '{{ $value | humanizePercentage }} of {{ $labels.resource }} is in use: soon, new pods are refused.',
  },
];

/** Alerts on what containers and volumes run out of. */
export const SATURATION_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'CpuThrottled',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '15m',
    expr:
      `sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{${OURS}}[5m])) / ` +
      `sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{${OURS}}[5m])) > 0.5`,
    summary: '{{ $labels.container }} wants more CPU than its limit',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} had to wait in {{ $value | humanizePercentage }} of all periods.',
  },
  {
    alert: 'MemoryNearLimit',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '10m',
    expr:
      `max by (namespace, pod, container) (container_memory_working_set_bytes{${OURS}, container!=""}) / ` +
      `max by (namespace, pod, container) (kube_pod_container_resource_limits{${OURS}, resource="memory"}) > 0.9`,
    summary: '{{ $labels.container }} has little memory left',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its limit: beyond it, it is ended.',
  },
  {
    alert: 'ContainerOutOfMemory',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '0s',
    expr:
      `increase(kube_pod_container_status_restarts_total{${OURS}}[15m]) > 0 and on (namespace, pod, container) ` +
      `kube_pod_container_status_last_terminated_reason{${OURS}, reason="OOMKilled"} == 1`,
    summary: '{{ $labels.container }} was ended for its memory',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} wanted more memory than its limit.',
  },
  {
    alert: 'EventLoopBlocked',
    severity: 'warning',
    service: '{{ $labels.app }}',
    for: '10m',
    expr: 'nodejs_eventloop_lag_p99_seconds{job="platform-services"} > 0.5',
    summary: '{{ $labels.app }} is busy with something long',
    description:
      'In {{ $labels.pod }}, one of a hundred events waits {{ $value | humanizeDuration }} until the program comes to it.',
  },
  {
    alert: 'VolumeFilling',
    severity: 'warning',
    service: '{{ $labels.persistentvolumeclaim }}',
    for: '15m',
    expr: `kubelet_volume_stats_available_bytes{${OURS}} / kubelet_volume_stats_capacity_bytes{${OURS}} < 0.15`,
    summary: 'The volume {{ $labels.persistentvolumeclaim }} fills',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is free.',
  },
  {
    alert: 'VolumeAlmostFull',
    severity: 'critical',
    service: '{{ $labels.persistentvolumeclaim }}',
    for: '5m',
    expr: `kubelet_volume_stats_available_bytes{${OURS}} / kubelet_volume_stats_capacity_bytes{${OURS}} < 0.05`,
    summary: 'The volume {{ $labels.persistentvolumeclaim }} is almost full',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is free: soon, nothing can be written.',
  },
];
