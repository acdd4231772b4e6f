import { KUBE_SYSTEM } from './namespaces';
import type { ResourceQuantities, Resources } from './resources';

/** The pods that know the names of the cluster. */
export const CLUSTER_DNS = { namespace: KUBE_SYSTEM, labels: { 'k8s-app': 'kube-dns' } } as const;

/** The requests of one pod. Where the cluster's configuration sets it, it comes from here; else the add-on does, and tests compare. */
export interface ClusterPod {
  readonly requests: Partial<ResourceQuantities>;
  readonly limits?: Partial<ResourceQuantities>;
}

/** Equal pods of a Deployment on the application nodes. */
export interface Controller extends ClusterPod {
  readonly replicas: number;
}

/** Of a pod of AWS Load Balancer Controller. */
const LOAD_BALANCER_CONTROLLER_RESOURCES: Resources = {
  requests: { cpu: '100m', memory: '256Mi' },
  limits: { cpu: '500m', memory: '256Mi' },
};

/** Of the pods of Container Insights on every node: the agent, and what reads logs. */
export const CONTAINER_INSIGHTS_RESOURCES: Readonly<Record<'agent' | 'logs', Resources>> = {
  agent: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  logs: { requests: { cpu: '20m', memory: '50Mi' }, limits: { cpu: '500m', memory: '250Mi' } },
};

/** The controllers on the application nodes, by the name of their Deployment. */
export const CONTROLLERS = {
  coredns: { replicas: 3, requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
  'metrics-server': { replicas: 2, requests: { cpu: '100m', memory: '200Mi' }, limits: { memory: '400Mi' } },
  'cluster-autoscaler': {
    replicas: 2, // one leads, the other takes over
    requests: { cpu: '100m', memory: '600Mi' },
    limits: { cpu: '500m', memory: '600Mi' },
  },
  'aws-load-balancer-controller': { replicas: 2, ...LOAD_BALANCER_CONTROLLER_RESOURCES },
  'amazon-cloudwatch-observability-controller-manager': { replicas: 1, requests: { cpu: '100m', memory: '64Mi' } },
  // The add-on's own: five containers of 10m and 40Mi, and one of 10m and 32Mi.
  'ebs-csi-controller': { replicas: 2, requests: { cpu: '60m', memory: '232Mi' } },
} as const satisfies Readonly<Record<string, Controller>>;

/** The pods on every node, by the name of their DaemonSet. All but those of Container Insights are as their add-ons have them. */
export const DAEMONS: Readonly<Record<string, ClusterPod>> = {
  'cloudwatch-agent': CONTAINER_INSIGHTS_RESOURCES.agent,
  'fluent-bit': CONTAINER_INSIGHTS_RESOURCES.logs,
  'aws-node': { requests: { cpu: '50m' } },
  'kube-proxy': { requests: { cpu: '100m' } },
  'eks-pod-identity-agent': { requests: {} },
  'ebs-csi-node': { requests: { cpu: '30m', memory: '104Mi' } },
  'secrets-store-csi-driver': { requests: { cpu: '70m', memory: '140Mi' } },
  'aws-secrets-store-csi-driver-provider': { requests: { cpu: '50m', memory: '100Mi' } },
  'prometheus-node-exporter': { requests: {} },
  'eks-node-monitoring-agent': { requests: { cpu: '10m', memory: '30Mi' } },
};
