import { stringify } from 'yaml';
import { ALERT_CASES } from './alerts';
import type { Series } from './alerts/alert-case';
import { ALWAYS } from './alerts/monitoring';

/** When it is asked: after the longest that an alert waits. */
const at = (alert: string): string => LATE.find(([name]) => name.test(alert))?.[1] ?? '40m';

const LATE: readonly (readonly [RegExp, string])[] = [
  [/Slowly$/, '195m'],
  [/^NodeCertificateExpires$/, '70m'],
];

const test = (name: string, alert: string, series: Series, wanted: Readonly<Record<string, number>>) => ({
  name,
  interval: '1m',
  input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
  promql_expr_test: [
    {
      eval_time: at(alert),
      expr: `count by (service) (ALERTS{alertname="${alert}", alertstate="firing"})`,
      exp_samples: Object.entries(wanted).map(([service, value]) => ({ labels: `{service="${service}"}`, value })),
    },
  ],
});

/** Requests of a tenant's namespace and of the platform's, and of one without a quota, whose pods are counted. */
const requests = {
  name: 'requests of a namespace are what its quota counts, and pod by pod only where there is none',
  interval: '1m',
  input_series: [
    ['kube_resourcequota{resourcequota="quota", namespace="tenant-acme", resource="requests.cpu", type="used"}', '3x5'],
    ['kube_resourcequota{resourcequota="quota", namespace="tenant-acme", resource="requests.cpu", type="hard"}', '8x5'],
    ['kube_pod_container_resource_requests{namespace="tenant-acme", pod="ended", resource="cpu"}', '7x5'],
    ['kube_pod_container_resource_requests{namespace="kube-system", pod="a", resource="cpu"}', '1x5'],
    ['kube_pod_container_resource_requests{namespace="kube-system", pod="b", resource="cpu"}', '1x5'],
  ].map(([series, values]) => ({ series, values })),
  promql_expr_test: [
    {
      eval_time: '5m',
      expr: 'sum by (namespace) (namespace:cpu_requests:cores)',
      exp_samples: [
        { labels: '{namespace="tenant-acme"}', value: 3 },
        { labels: '{namespace="kube-system"}', value: 2 },
      ],
    },
  ],
};

/** kube-state-metrics is gone for a moment, and so is the Deployment that had no pods. */
const gap = test(
  'an alert outlives a gap of its metrics',
  'ServiceDown',
  {
    'kube_deployment_status_replicas_available{namespace="platform-core", deployment="api-gateway"}': '0x37 stale',
    'kube_deployment_spec_replicas{namespace="platform-core", deployment="api-gateway"}': '3x37 stale',
  },
  { 'api-gateway': 1 },
);

/**
 * The unit tests of promtool: each alert fires for the services that it should, and for none where little is missing; records of
 * namespaces; and the effect of a gap.
 */
export const unitTests = (ruleFile: string): string =>
  stringify({
    rule_files: [ruleFile],
    evaluation_interval: '1m',
    tests: [
      ...Object.entries(ALERT_CASES).flatMap(([alert, { fires, for: wanted, quiet }]) => [
        test(`${alert} fires`, alert, fires, wanted),
        ...(alert === ALWAYS ? [] : [test(`${alert} does not fire`, alert, quiet, {})]),
      ]),
      requests,
      gap,
    ],
  });
