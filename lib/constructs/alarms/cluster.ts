import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metrics, percentage, type AlarmDefinition } from './definition';

const { BREACHING, IGNORE, NOT_BREACHING } = TreatMissingData;

/**
 * Nodes and pods as Container Insights sees them, and the API server as EKS does.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html
 * https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
 */
export const clusterAlarms = (clusterName: string): readonly AlarmDefinition[] => {
  const insights = metrics('ContainerInsights', { ClusterName: clusterName });
  const controlPlane = metrics('AWS/EKS', { ClusterName: clusterName });
  const common = { tier: 'cluster', comparison: ComparisonOperator.GREATER_THAN_THRESHOLD, datapoints: 3 } as const;
  const requests = controlPlane('apiserver_request_total', 'Sum');
  return [
    {
      ...common,
      what: 'failed-nodes',
      severity: 'critical',
      // The fewest of a period: while nodes are replaced, one after another is gone for a moment.
      metric: insights('cluster_failed_node_count', 'Minimum').with({ label: 'failed nodes' }),
      threshold: 0,
      missing: BREACHING,
      why: 'A node has failed or is short of memory, disk or processes; or Container Insights reports nothing, and nobody would know.',
    },
    {
      ...common,
      what: 'pending-pods',
      severity: 'warning',
      metric: insights('pod_status_pending', 'Maximum', 1).with({ label: 'a pod is pending' }), // 1 of each that is
      threshold: 0,
      datapoints: 15, // of each minute: in five, several may have started one after another
      missing: IGNORE,
      why: 'For a quarter of an hour some pod did not start: longer than a new node takes.',
    },
    {
      ...common,
      what: 'node-cpu',
      severity: 'warning',
      metric: insights('node_cpu_utilization', 'Maximum').with({ label: 'busiest node' }),
      threshold: 90,
      missing: IGNORE,
      why: 'A node is at its limit, and what runs there gets slow.',
    },
    {
      ...common,
      what: 'node-memory',
      severity: 'warning',
      metric: insights('node_memory_utilization', 'Maximum').with({ label: 'fullest node' }),
      threshold: 90,
      missing: IGNORE,
      why: 'The kubelet evicts pods when its node runs out of memory.',
    },
    {
      ...common,
      what: 'node-disk',
      severity: 'warning',
      metric: insights('node_filesystem_utilization', 'Maximum').with({ label: 'fullest disk' }),
      threshold: 80,
      missing: IGNORE,
      why: 'The kubelet evicts pods from a node whose disk is fuller than 85 %.',
    },
    {
      ...common,
      what: 'api-errors',
      severity: 'critical',
      metric: percentage('of the requests to the API server fail', {
        some: [controlPlane('apiserver_request_total_5XX', 'Sum')],
        all: requests,
        least: 10,
      }),
      threshold: 5,
      missing: NOT_BREACHING,
      why: 'The API server fails: nothing is deployed, scaled or replaced.',
    },
    {
      ...common,
      what: 'api-throttled',
      severity: 'warning',
      metric: percentage('of the requests to the API server are refused', {
        some: [controlPlane('apiserver_request_total_429', 'Sum')],
        all: requests,
        least: 10,
      }),
      threshold: 1,
      missing: NOT_BREACHING,
      why: 'The API server refuses requests, for something in the cluster asks too much.',
    },
  ];
};
