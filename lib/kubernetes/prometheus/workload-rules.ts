import { COLORS } from '../../model/names';
import type { AlertingRule } from './rule';

/** The namespaces that the person on call answers for. Tenants and people answer for theirs. */
const OURS = 'namespace=~"platform-(core|apps|monitoring)|kube-system"';
/** Those among them without which requests fail. The monitoring may wait for the morning. */
const SERVING = 'namespace=~"platform-(core|apps)|kube-system"';

/**
 * The sum over the Deployments of a service: over both colors of a public one. Which of them users meet, only the load balancer knows,
 * and its alarm says when they meet nobody. The label is another one than `deployment`: with the same name, two colors would be one series
 * before they are added, which Prometheus refuses.
 */
const ofService = (series: string): string =>
  `sum by (namespace, service) (label_replace(label_replace(${series}{${SERVING}}, "service", "$1", "deployment", "(.+)"), ` +
  `"service", "$1", "deployment", "(.+)-(${COLORS.join('|')})"))`;

/** Alerts on what runs: pods, rollouts, Jobs, quotas. */
export const WORKLOAD_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'ServiceDown',
    severity: 'critical',
    service: '{{ $labels.service }}',
    for: '3m',
    expr: `${ofService('kube_deployment_status_replicas_available')} == 0 and ${ofService('kube_deployment_spec_replicas')} > 0`,
    summary: 'No pod of {{ $labels.service }} is ready',
    description:
      'All pods of {{ $labels.service }} in {{ $labels.namespace }} are missing or not ready. The service answers nobody.',
  },
  {
    alert: 'ReplicasMissing',
    severity: 'warning',
    service: '{{ $labels.deployment }}',
    for: '15m',
    expr: `kube_deployment_status_replicas_available{${OURS}} < kube_deployment_spec_replicas{${OURS}}`,
    summary: '{{ $labels.deployment }} has too few ready pods',
    description:
      'Only {{ $value }} pods of {{ $labels.deployment }} in {{ $labels.namespace }} are ready, fewer than configured. They carry all the load.',
  },
  {
    alert: 'RolloutStuck',
    severity: 'warning',
    service: '{{ $labels.deployment }}',
    for: '1m', // Kubernetes has waited ten minutes before
    expr: `kube_deployment_status_condition{${OURS}, condition="Progressing", status="false"} == 1`,
    summary: 'The rollout of {{ $labels.deployment }} is stuck',
    description:
      'New pods of {{ $labels.deployment }} in {{ $labels.namespace }} do not become ready. The old pods still run.',
  },
  {
    alert: 'PodCrashLooping',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '10m',
    expr: `max_over_time(kube_pod_container_status_waiting_reason{${OURS}, reason="CrashLoopBackOff"}[5m]) == 1`,
    summary: 'The container {{ $labels.container }} keeps crashing',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} ends soon after each start. Kubernetes starts it again and again.',
  },
  {
    alert: 'PodPending',
    severity: 'warning',
    service: '{{ $labels.namespace }}', // no node for one is mostly no node for many
    for: '15m',
    expr: `kube_pod_status_phase{${OURS}, phase="Pending"} == 1`,
    summary: 'The pod {{ $labels.pod }} does not start',
    description:
      'The pod {{ $labels.namespace }}/{{ $labels.pod }} has been pending for 15 minutes. It lacks a node, an image or a volume.',
  },
  {
    alert: 'JobFailed',
    severity: 'warning',
    service: '{{ $labels.job_name }}',
    for: '1m',
    expr: `kube_job_failed{${OURS}, condition="true"} == 1`,
    summary: 'The Job {{ $labels.job_name }} has failed',
    description:
      'The Job {{ $labels.namespace }}/{{ $labels.job_name }} has used all its attempts. Kubernetes does not start it again.',
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
    description:
      '{{ $labels.horizontalpodautoscaler }} runs its maximum of {{ $value }} pods. More load makes the service slower.',
  },
  {
    alert: 'QuotaNearLimit',
    severity: 'warning',
    service: '{{ $labels.namespace }}',
    for: '15m',
    expr: 'namespace_resource:quota:ratio{namespace=~"platform-(core|apps|monitoring)"} > 0.9',
    summary: '{{ $labels.namespace }} has little of its quota of {{ $labels.resource }} left',
    description:
      '{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} is in use. When it is used up, Kubernetes rejects new pods.',
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
    summary: 'The container {{ $labels.container }} needs more CPU than its limit',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was throttled in {{ $value | humanizePercentage }} of its CPU periods. It is slow.',
  },
  {
    alert: 'MemoryNearLimit',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '10m',
    expr:
      `max by (namespace, pod, container) (container_memory_working_set_bytes{${OURS}, container!=""}) / ` +
      `max by (namespace, pod, container) (kube_pod_container_resource_limits{${OURS}, resource="memory"}) > 0.9`,
    summary: 'The container {{ $labels.container }} has little memory left',
    description:
      'The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit. At the limit, the kernel kills it.',
  },
  {
    alert: 'ContainerOutOfMemory',
    severity: 'warning',
    service: '{{ $labels.container }}',
    for: '0s',
    expr:
      `increase(kube_pod_container_status_restarts_total{${OURS}}[15m]) > 0 and on (namespace, pod, container) ` +
      `kube_pod_container_status_last_terminated_reason{${OURS}, reason="OOMKilled"} == 1`,
    summary: 'The container {{ $labels.container }} ran out of memory',
    description:
      'The kernel killed the container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} because it reached its memory limit.',
  },
  {
    alert: 'EventLoopBlocked',
    severity: 'warning',
    service: '{{ $labels.app }}',
    for: '10m',
    expr: 'nodejs_eventloop_lag_p99_seconds{job="platform-services"} > 0.5',
    summary: 'The event loop of {{ $labels.app }} is blocked',
    description:
      'In {{ $labels.pod }}, one in a hundred events waits {{ $value | humanizeDuration }} for the event loop. Its requests are slow.',
  },
  {
    alert: 'VolumeFilling',
    severity: 'warning',
    service: '{{ $labels.persistentvolumeclaim }}',
    for: '15m',
    expr: `kubelet_volume_stats_available_bytes{${OURS}} / kubelet_volume_stats_capacity_bytes{${OURS}} < 0.15`,
    summary: 'The volume {{ $labels.persistentvolumeclaim }} is filling up',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is free. When it is full, nothing more can be written to it.',
  },
  {
    alert: 'VolumeAlmostFull',
    severity: 'critical',
    service: '{{ $labels.persistentvolumeclaim }}',
    for: '5m',
    expr: `kubelet_volume_stats_available_bytes{${OURS}} / kubelet_volume_stats_capacity_bytes{${OURS}} < 0.05`,
    summary: 'The volume {{ $labels.persistentvolumeclaim }} is almost full',
    description:
      'Only {{ $value | humanizePercentage }} of {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is free. Soon nothing more can be written to it.',
  },
];
