import {
  MetricEditorMode,
  MetricQueryType,
  MetricsQueryBuilder,
  QueryMode,
} from '@grafana/grafana-foundation-sdk/cloudwatch';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { CLOUDWATCH_SOURCE } from '../sources';
import { dashboard, type DashboardProps } from './board';
import { graphOf, type PanelProps } from './panels';

/** A metric of all resources that have some dimensions: one series each, called by the first of them. */
interface Metric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly [string, ...string[]];
  readonly statistic: string;
}

const ask = ({ namespace, metric, dimensions, statistic }: Metric) =>
  new MetricsQueryBuilder()
    .refId('A')
    .datasource(CLOUDWATCH_SOURCE)
    .queryMode(QueryMode.Metrics)
    .metricQueryType(MetricQueryType.Search)
    .metricEditorMode(MetricEditorMode.Builder)
    .id('')
    .expression('')
    .region('default')
    .namespace(namespace)
    .metricName(metric)
    .dimensions(Object.fromEntries(dimensions.map((dimension) => [dimension, '*'])))
    .matchExact(true)
    .statistic(statistic)
    .period('')
    .label(`\${PROP('Dim.${dimensions[0]}')}`);

const balancer = (metric: string, statistic: string): Metric => ({
  namespace: 'AWS/ApplicationELB',
  metric,
  dimensions: ['LoadBalancer'],
  statistic,
});
const database = (metric: string, statistic = 'Average'): Metric => ({
  namespace: 'AWS/RDS',
  metric,
  dimensions: ['DBInstanceIdentifier'],
  statistic,
});
const cache = (metric: string, statistic = 'Average'): Metric => ({
  namespace: 'AWS/ElastiCache',
  metric,
  dimensions: ['CacheClusterId', 'CacheNodeId'],
  statistic,
});

const graph = ({
  metric,
  ...props
}: Omit<PanelProps, 'width' | 'height'> & { readonly metric: Metric }): Builder<Panel> =>
  graphOf(CLOUDWATCH_SOURCE, { ...props, width: 8, height: 7 }, [ask(metric)]);

/** Metrics of CloudWatch: the load balancer and the data tiers of the home region. CloudFront's metrics are elsewhere, in us-east-1. */
export const aws = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-aws',
      title: 'AWS',
      description:
        'The load balancer, MySQL and Redis, as CloudWatch sees them. Alarms and CloudFront are on the CloudWatch dashboards.',
      refresh: '5m', // CloudWatch costs by request
      rows: {
        'Load balancer': [
          graph({
            title: 'Requests',
            description: 'Number of requests in the period of each point.',
            unit: 'short',
            metric: balancer('RequestCount', 'Sum'),
          }),
          graph({
            title: 'Errors of services',
            description: 'Responses of pods with a status of 500 or higher.',
            unit: 'short',
            metric: balancer('HTTPCode_Target_5XX_Count', 'Sum'),
          }),
          graph({
            title: 'Errors of the load balancer',
            description:
              'Responses of the load balancer itself with a status of 500 or higher. No pod was healthy, or none answered.',
            unit: 'short',
            metric: balancer('HTTPCode_ELB_5XX_Count', 'Sum'),
          }),
        ],
        MySQL: [
          graph({
            title: 'CPU',
            description: 'CPU in use on each server.',
            unit: 'percent',
            bad: { warning: 80, critical: 95 },
            metric: database('CPUUtilization'),
          }),
          graph({
            title: 'Free memory',
            description: 'Free memory of each server. A server without free memory swaps and is slow.',
            unit: 'bytes',
            metric: database('FreeableMemory', 'Minimum'),
          }),
          graph({
            title: 'Free storage',
            description:
              'Free storage of each server. RDS grows the volume up to the configured maximum. A full volume stops the server.',
            unit: 'bytes',
            metric: database('FreeStorageSpace', 'Minimum'),
          }),
        ],
        Redis: [
          graph({
            title: 'CPU of the engine',
            description: 'CPU in use by the engine. It has only one thread, so 100 % is its maximum.',
            unit: 'percent',
            bad: { warning: 80, critical: 95 },
            metric: cache('EngineCPUUtilization', 'Maximum'),
          }),
          graph({
            title: 'Memory',
            description: 'Share of the memory that is in use for data.',
            unit: 'percent',
            bad: { warning: 80, critical: 90 },
            metric: cache('DatabaseMemoryUsagePercentage', 'Maximum'),
          }),
          graph({
            title: 'Connections',
            description: 'Connections of clients to each node.',
            unit: 'short',
            metric: cache('CurrConnections', 'Maximum'),
          }),
        ],
      },
    },
    props,
  );
