import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { choiceOf, dashboard, type DashboardProps } from './board';
import { bars, graph, number } from './panels';

const TENANTS = 'namespace=~"tenant-.+"';
const NAMESPACE = 'namespace="tenant-$tenant"';
const TENANT = 'tenant="$tenant"';

/** Series of the ten tenants with the largest values: a graph of thousands says nothing. */
const largest = (expr: string) => `topk(10, ${expr})`;

/** All tenants by the ten that stand out, and one of them. It asks for recorded series only: one for each tenant. */
export const tenants = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-tenants',
      title: 'Tenants',
      description: 'The tenants that stand out, and the details of one tenant.',
      variables: [choiceOf('tenant', 'Tenant', 'tenant:requests:rate5m')],
      rows: {
        'The ten that stand out': [
          graph({
            title: 'Most requests',
            description: 'The ten tenants with the most requests.',
            unit: 'reqps',
            width: 12,
            height: 8,
            queries: [{ expr: largest('tenant:requests:rate5m'), legend: '{{tenant}}' }],
          }),
          graph({
            title: 'Most failures',
            description: 'The ten tenants with the largest share of failed requests, among those that sent some.',
            unit: 'percentunit',
            width: 12,
            height: 8,
            bad: { warning: 0.01, critical: 0.05 },
            queries: [
              {
                expr: largest('tenant:request_failures:ratio_rate5m > 0 and tenant:requests:rate5m > 0.1'),
                legend: '{{tenant}}',
              },
            ],
          }),
          graph({
            title: 'Most CPU',
            description: 'The ten tenants whose pods use the most CPU, in cores.',
            unit: 'none',
            width: 8,
            height: 8,
            queries: [{ expr: largest(`namespace:cpu_usage:rate5m{${TENANTS}}`), legend: '{{namespace}}' }],
          }),
          graph({
            title: 'Most memory',
            description: 'The ten tenants whose pods use the most memory.',
            unit: 'bytes',
            width: 8,
            height: 8,
            queries: [{ expr: largest(`namespace:memory_working_set:bytes{${TENANTS}}`), legend: '{{namespace}}' }],
          }),
          bars({
            title: 'Fullest quotas',
            description:
              'The ten tenants closest to a quota of their tier. When it is used up, Kubernetes rejects new pods.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            max: 1,
            bad: { warning: 0.8, critical: 0.95 },
            queries: [
              {
                expr: largest(`max by (namespace) (namespace_resource:quota:ratio{${TENANTS}})`),
                legend: '{{namespace}}',
              },
            ],
          }),
        ],
        'One tenant': [
          graph({
            title: 'Requests',
            description: 'Requests of the tenant to all routes.',
            unit: 'reqps',
            width: 8,
            height: 8,
            queries: [{ expr: `tenant:requests:rate5m{${TENANT}}`, legend: 'requests' }],
          }),
          graph({
            title: 'Failures',
            description:
              'Share of the requests that failed. If other tenants are not affected, this tenant causes the failures.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            bad: { warning: 0.01, critical: 0.05 },
            queries: [{ expr: `tenant:request_failures:ratio_rate5m{${TENANT}}`, legend: 'failures' }],
          }),
          bars({
            title: 'Quota',
            description: 'Share of each quota of its tier that is in use.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            max: 1,
            bad: { warning: 0.8, critical: 0.95 },
            queries: [{ expr: `namespace_resource:quota:ratio{${NAMESPACE}}`, legend: '{{resource}}' }],
          }),
          graph({
            title: 'CPU',
            description: 'CPU that its pods use and request, in cores.',
            unit: 'none',
            width: 8,
            height: 8,
            queries: [
              { expr: `namespace:cpu_usage:rate5m{${NAMESPACE}}`, legend: 'in use' },
              { expr: `namespace:cpu_requests:cores{${NAMESPACE}}`, legend: 'asked for' },
            ],
          }),
          graph({
            title: 'Memory',
            description: 'Memory that its pods use and request.',
            unit: 'bytes',
            width: 8,
            height: 8,
            queries: [
              { expr: `namespace:memory_working_set:bytes{${NAMESPACE}}`, legend: 'in use' },
              { expr: `namespace:memory_requests:bytes{${NAMESPACE}}`, legend: 'asked for' },
            ],
          }),
          number({
            title: `Share of the cluster, of ${props.retentionDays} days`,
            description: 'Its share of all requests of pods in the stored days, which is its share of the bill.',
            unit: 'percentunit',
            decimals: 2,
            width: 8,
            height: 8,
            // Sums: who was there for a day of them has a day's part.
            queries: (['cpu_requests:cores', 'memory_requests:bytes'] as const).map((what) => ({
              expr:
                `sum(sum_over_time(namespace:${what}{${NAMESPACE}}[${props.retentionDays}d])) / ` +
                `sum(sum_over_time(namespace:${what}[${props.retentionDays}d]))`,
              legend: what.startsWith('cpu') ? 'CPU' : 'memory',
            })),
          }),
        ],
      },
    },
    props,
  );
