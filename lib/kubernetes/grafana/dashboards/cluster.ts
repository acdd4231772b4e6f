import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { NODE_GROUP_NAMES } from '../../../config/environment';
import { dashboard, type DashboardProps } from './board';
import { graph, list, number, type GraphProps, type Query } from './panels';
import { cpuOf, cpuOfNodes, memoryOf, memoryOfNodes, OURS } from './queries';

/** A share of nodes that is in use. */
const inUse = (props: Omit<GraphProps, 'description' | 'unit' | 'max' | 'bad'> & { description?: string }) =>
  graph({ description: 'In use.', unit: 'percentunit', max: 1, bad: { warning: 0.8, critical: 0.95 }, ...props });
const ROOT = 'mountpoint="/"';
const API_SERVER = 'job="kubernetes-apiservers"';

/** The ten nodes with the largest values of an expression. */
const fullest = (expr: string): Query => ({ expr: `topk(10, ${expr})`, legend: '{{node}}' });

/** The nodes of each group, what runs on them, and the API server. */
export const cluster = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-cluster',
      title: 'Nodes and cluster',
      description: `The nodes of ${NODE_GROUP_NAMES.join(', ')}, what runs on them, and the API server.`,
      rows: {
        'Node groups': [
          number({
            title: 'Nodes',
            description: 'Nodes whose node exporter answers, by node group.',
            unit: 'none',
            width: 6,
            height: 7,
            queries: [{ expr: 'count by (node_type) (up{job="kubernetes-nodes"} == 1)', legend: '{{node_type}}' }],
          }),
          number({
            title: 'Nodes that are not ready',
            description: 'Nodes that accept no pods. Their pods move to other nodes.',
            unit: 'none',
            width: 6,
            height: 7,
            bad: { warning: 1, critical: 2 },
            queries: [
              {
                expr: 'count(kube_node_status_condition{condition="Ready", status="true"} == 0) or vector(0)',
                legend: 'not ready',
              },
            ],
          }),
          inUse({
            title: 'CPU by group',
            width: 6,
            height: 7,
            queries: [{ expr: cpuOfNodes('node_type'), legend: '{{node_type}}' }],
          }),
          inUse({
            title: 'Memory by group',
            width: 6,
            height: 7,
            queries: [{ expr: memoryOfNodes('node_type'), legend: '{{node_type}}' }],
          }),
        ],
        'The ten fullest nodes': [
          inUse({
            title: 'CPU',
            width: 8,
            height: 8,
            queries: [fullest(cpuOfNodes('node'))],
          }),
          inUse({
            title: 'Memory',
            description: 'Memory in use on each node. A node that runs out of memory evicts pods.',
            width: 8,
            height: 8,
            queries: [fullest(memoryOfNodes('node'))],
          }),
          graph({
            title: 'Disk',
            description: 'Disk in use by images, logs and folders of pods. A node with a full disk evicts pods.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            max: 1,
            bad: { warning: 0.8, critical: 0.85 },
            queries: [
              fullest(`1 - max by (node) (node_filesystem_avail_bytes{${ROOT}} / node_filesystem_size_bytes{${ROOT}})`),
            ],
          }),
        ],
        'What runs': [
          graph({
            title: 'CPU of the platform',
            description: 'CPU in use by the pods of each platform namespace, in cores.',
            unit: 'none',
            width: 8,
            height: 8,
            stacked: true,
            queries: [{ expr: cpuOf('namespace', OURS), legend: '{{namespace}}' }],
          }),
          graph({
            title: 'Memory of the platform',
            description: 'Memory in use by the pods of each platform namespace.',
            unit: 'bytes',
            width: 8,
            height: 8,
            stacked: true,
            queries: [{ expr: memoryOf('namespace', OURS), legend: '{{namespace}}' }],
          }),
          graph({
            title: 'Volumes',
            description:
              'Space in use on each volume. Nothing more can be written to a full volume, but it can be enlarged.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            max: 1,
            bad: { warning: 0.85, critical: 0.95 },
            queries: [
              {
                expr:
                  `1 - max by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${OURS}} / ` +
                  `kubelet_volume_stats_capacity_bytes{${OURS}})`,
                legend: '{{persistentvolumeclaim}}',
              },
            ],
          }),
          graph({
            title: 'Pods that do not start',
            description: 'Pending pods by platform namespace. They lack a node, an image or a volume.',
            unit: 'none',
            width: 8,
            height: 8,
            bad: { warning: 1, critical: 5 },
            queries: [
              {
                expr: `sum by (namespace) (kube_pod_status_phase{${OURS}, phase="Pending"})`,
                legend: '{{namespace}}',
              },
            ],
          }),
          list({
            title: 'Containers that cannot start, or were ended for their memory',
            description: 'The reason why each container does not start now, or why it ended the last time.',
            unit: 'none',
            width: 16,
            height: 8,
            expr:
              'sum by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{reason!="ContainerCreating"} or ' +
              'kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}) > 0',
            columns: { namespace: 'namespace', pod: 'pod', container: 'container', reason: 'why' },
          }),
        ],
        'API server': [
          graph({
            title: 'Requests by status',
            description: 'Requests of all clients to the API server.',
            unit: 'reqps',
            width: 12,
            height: 7,
            stacked: true,
            queries: [
              {
                expr: `sum by (code) (rate(apiserver_request_total{${API_SERVER}}[$__rate_interval]))`,
                legend: '{{code}}',
              },
            ],
          }),
          graph({
            title: 'Errors',
            description: 'Share of the requests that failed. While it is high, deployments and controllers stall.',
            unit: 'percentunit',
            width: 12,
            height: 7,
            bad: { warning: 0.01, critical: 0.03 },
            queries: [
              {
                expr:
                  `(sum(rate(apiserver_request_total{${API_SERVER}, code=~"5.."}[$__rate_interval])) or vector(0)) / ` +
                  `sum(rate(apiserver_request_total{${API_SERVER}}[$__rate_interval]))`,
                legend: 'errors',
              },
            ],
          }),
        ],
      },
    },
    props,
  );
