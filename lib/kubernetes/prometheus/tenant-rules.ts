import type { AlertingRule, RecordingRule } from './rule';

const PER_TENANT = 'sum by (tenant) (rate(tenant_requests_total{job="platform-services"}[5m]))';

/** Requests of the pods of a namespace: its quota counts it, and where there is none, pod by pod. */
const requested = (resource: 'cpu' | 'memory') =>
  `max by (namespace) (kube_resourcequota{resourcequota="quota", resource="requests.${resource}", type="used"}) ` +
  `or sum by (namespace) (kube_pod_container_resource_requests{resource="${resource}"})`;

/**
 * Tenants: one series each, whatever routes, pods and containers they have. Their number is that of the configuration's entries. The
 * cost of a tenant is its share of what `namespace:…` counts (docs/metrics.md).
 */
export const TENANT_RECORDS: readonly RecordingRule[] = [
  { record: 'tenant:requests:rate5m', expr: PER_TENANT },
  {
    record: 'tenant:request_failures:ratio_rate5m',
    expr:
      '(sum by (tenant) (rate(tenant_requests_total{job="platform-services", outcome="failure"}[5m])) ' +
      'or 0 * tenant:requests:rate5m) / (tenant:requests:rate5m > 0)',
  },
  {
    record: 'namespace:cpu_usage:rate5m',
    expr: 'sum by (namespace) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))',
  },
  {
    record: 'namespace:memory_working_set:bytes',
    expr: 'sum by (namespace) (container_memory_working_set_bytes{container!=""})',
  },
  {
    record: 'namespace:cpu_requests:cores',
    expr: requested('cpu'),
  },
  {
    record: 'namespace:memory_requests:bytes',
    expr: requested('memory'),
  },
  {
    record: 'namespace_resource:quota:ratio',
    expr:
      'max by (namespace, resource) (kube_resourcequota{resourcequota="quota", type="used"}) / ' +
      '(max by (namespace, resource) (kube_resourcequota{resourcequota="quota", type="hard"}) > 0)',
  },
];

/** Alerts on tenants, of the ten that fare worst: one message, for a fault of the platform hits all. */
export const TENANT_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'TenantRequestsFail',
    severity: 'warning',
    service: 'api-gateway', // when the requests of all fail, its own alert silences this one
    for: '15m',
    expr: 'topk(10, tenant:request_failures:ratio_rate5m > 0.05 and tenant:requests:rate5m > 0.1)',
    summary: 'Requests of the tenant {{ $labels.tenant }} fail',
    description:
      '{{ $value | humanizePercentage }} of the requests of {{ $labels.tenant }} fail. Other tenants may not be affected.',
  },
  {
    alert: 'TenantQuotaExhausted',
    severity: 'warning',
    service: 'tenants',
    for: '30m',
    expr: 'topk(10, namespace_resource:quota:ratio{namespace=~"tenant-.+", resource!="pods"} > 0.95)',
    summary: '{{ $labels.namespace }} has used up its quota of {{ $labels.resource }}',
    description:
      '{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} is in use. Kubernetes rejects new pods of the tenant.',
  },
];
