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
  const common = {
    tier: 'cluster',
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 3,
  } as const;
  const requests = controlPlane('apiserver_request_total', 'Sum');
  return [
    {
      ...common,
      symptom: 'failed-nodes',
      severity: 'critical',
      // The fewest of a period: while nodes are replaced, one after another is gone for a moment.
      metric: insights('cluster_failed_node_count', 'Minimum').with({ label: 'failed nodes' }),
      threshold: 0,
      treatMissingData: BREACHING,
      description:
        'A node has failed or is short of memory, disk or process IDs. The alarm also fires when Container Insights reports nothing, because failures would go unnoticed.',
    },
    {
      ...common,
      symptom: 'pending-pods',
      severity: 'warning',
      metric: insights('pod_status_pending', 'Maximum', 1).with({ label: 'pending pods' }), // 1 of each that is
      threshold: 0,
      datapointsToAlarm: 15, // of each minute: in five, several may have started one after another
      treatMissingData: IGNORE,
      description: 'At least one pod has been pending for 15 minutes. That is longer than a new node takes to start.',
    },
    {
      ...common,
      symptom: 'node-cpu',
      severity: 'warning',
      metric: insights('node_cpu_utilization', 'Maximum').with({ label: 'busiest node' }),
      threshold: 90,
      treatMissingData: IGNORE,
      description: 'The busiest node has used more than 90 % of its CPU for 15 minutes. Its pods become slow.',
    },
    {
      ...common,
      symptom: 'node-memory',
      severity: 'warning',
      metric: insights('node_memory_utilization', 'Maximum').with({ label: 'fullest node' }),
      threshold: 90,
      treatMissingData: IGNORE,
      description:
        'The fullest node has used more than 90 % of its memory for 15 minutes. When a node runs out of memory, its kubelet evicts pods.',
    },
    {
      ...common,
      symptom: 'node-disk',
      severity: 'warning',
      metric: insights('node_filesystem_utilization', 'Maximum').with({ label: 'fullest disk' }),
      threshold: 80,
      treatMissingData: IGNORE,
      description:
        'The fullest disk of a node has been more than 80 % full for 15 minutes. Above 85 %, the kubelet evicts pods from that node.',
    },
    {
      ...common,
      symptom: 'api-errors',
      severity: 'critical',
      metric: percentage('of API server requests failed', {
        some: [controlPlane('apiserver_request_total_5XX', 'Sum')],
        all: requests,
        least: 10,
      }),
      threshold: 5,
      treatMissingData: NOT_BREACHING,
      description:
        'More than 5 % of the requests to the Kubernetes API server fail. Kubernetes cannot reliably deploy, scale or replace pods.',
    },
    {
      ...common,
      symptom: 'api-throttled',
      severity: 'warning',
      metric: percentage('of API server requests rejected', {
        some: [controlPlane('apiserver_request_total_429', 'Sum')],
        all: requests,
        least: 10,
      }),
      threshold: 1,
      treatMissingData: NOT_BREACHING,
      description:
        'The Kubernetes API server rejects more than 1 % of the requests because a client sends too many. Deployments and controllers may be delayed.',
    },
  ];
};
