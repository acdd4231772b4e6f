import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
} from 'kubernetes-types/networking/v1';
import { LINK_LOCAL } from '../model/cidr';
import { CLUSTER_DNS } from '../model/cluster-pods';
import { LABELS } from '../model/labels';
import { APPS_NAMESPACE, CORE_NAMESPACE, TENANT_TEAM } from '../model/namespaces';
import { FRONTEND_LABELS, MICROSERVICE_LABELS, SERVICES } from '../model/services';
import type { Manifest } from './manifest';
import { appLabel, labelled } from './objects/labels';
import { PATHS, type Peer, type Port, type Workload } from './network-paths';
import { KUBE_STATE_METRICS, MONITORING, PROMETHEUS } from './prometheus/services';

/** Where peers are that are no pods. */
export interface Addresses {
  /** Blocks of the VPC, its pods and its Services, which are not the internet. */
  readonly private: readonly string[];
  /** Subnets with the load balancer, the AWS endpoints and the API server. */
  readonly endpoints: readonly string[];
  /** Subnets with MySQL and Redis. The nodes of the database group stand there too. */
  readonly data: readonly string[];
  /** Address of the API server inside the cluster. */
  readonly apiServer: string;
}

/** Nothing reaches a pod of the namespace, and none reaches anything, but for what another policy allows. */
export const denyAll = (namespace: string): Manifest<NetworkPolicy> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny-all', namespace },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
});

/** The policy of a workload's pods, in both directions: its rows of the table of paths. */
export const networkPolicy = (workload: Workload, addresses: Addresses): Manifest<NetworkPolicy> => {
  const { name, namespace, workload: identity } = workload;
  const isOneOf = (peer: Peer) =>
    peer === name || peer === 'every pod' || workload.groups.some((group) => group === peer);
  const ingress = PATHS.flatMap(({ from, to, ports }): NetworkPolicyIngressRule[] => {
    if (to === SAME_NAMESPACE) return isOneOf(from) ? [{ from: selectors(to, addresses) }] : [];
    return isOneOf(to) ? [{ from: selectors(from, addresses), ports: portsOf(ports) }] : [];
  });
  const egress = PATHS.filter(({ from }) => isOneOf(from)).map(({ to, ports }): NetworkPolicyEgressRule => ({
    to: selectors(to, addresses),
    ...(ports.length > 0 && { ports: portsOf(ports) }),
  }));
  const policy: Manifest<NetworkPolicy> = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: {
      podSelector: identity === undefined ? {} : { matchLabels: appLabel(identity.app) },
      policyTypes: ['Ingress', 'Egress'],
      ...(ingress.length > 0 && { ingress }),
      egress,
    },
  };
  return identity === undefined ? policy : labelled(identity, policy);
};

const portsOf = (ports: readonly Port[]) => ports.map(({ port, protocol = 'TCP' }) => ({ protocol, port }));

/** Label with which Kubernetes puts a namespace's name on it. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

const SERVICE_NAMESPACES = [...new Set(Object.values(SERVICES).map(({ namespace }) => namespace))];

const pods = (namespace: string, labels: Readonly<Record<string, string>>): NetworkPolicyPeer[] => [
  {
    namespaceSelector: { matchLabels: { [NAME_LABEL]: namespace } },
    podSelector: { matchLabels: { ...labels } },
  },
];

const blocks = (cidrs: readonly string[]): NetworkPolicyPeer[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

const SAME_NAMESPACE: Peer = 'pods of the same namespace';
/** Where the pods of an AWS identity get their credentials. */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

/** The selectors of a peer. Throws on a group that no path leads to or comes from by its own: nothing selects it. */
const selectors = (peer: Peer, addresses: Addresses): NetworkPolicyPeer[] => {
  switch (peer) {
    case 'api-gateway':
      return pods(CORE_NAMESPACE, appLabel(peer));
    case 'microservices':
      return pods(CORE_NAMESPACE, MICROSERVICE_LABELS);
    case 'page renderers':
      return pods(APPS_NAMESPACE, FRONTEND_LABELS);
    case 'services': // their own policies say which pods of these namespaces they are
      return SERVICE_NAMESPACES.map((name) => ({ namespaceSelector: { matchLabels: { [NAME_LABEL]: name } } }));
    case 'cluster DNS':
      return pods(CLUSTER_DNS.namespace, CLUSTER_DNS.labels);
    case 'Prometheus':
      return pods(MONITORING, appLabel(PROMETHEUS.host));
    case 'alertmanager':
    case 'grafana':
    case 'mysql-exporter':
    case 'redis-exporter':
      return pods(MONITORING, appLabel(peer));
    case 'kube-state-metrics':
      return pods(KUBE_STATE_METRICS.namespace, { [LABELS.name]: KUBE_STATE_METRICS.name });
    case 'nodes':
      return blocks([...addresses.endpoints, ...addresses.data]);
    case 'pods of tenants':
      return [{ namespaceSelector: { matchLabels: { team: TENANT_TEAM } } }];
    case SAME_NAMESPACE:
      return [{ podSelector: {} }];
    case 'load balancer':
    case 'AWS endpoints':
      return blocks(addresses.endpoints);
    case 'API server':
      return blocks([`${addresses.apiServer}/32`, ...addresses.endpoints]);
    case 'Pod Identity agent':
      return blocks([POD_IDENTITY_AGENT]);
    case 'MySQL':
    case 'Redis':
      return blocks(addresses.data);
    case 'internet':
      return [{ ipBlock: { cidr: '0.0.0.0/0', except: [...addresses.private, LINK_LOCAL] } }];
    default:
      throw new Error(`The peer "${peer}" has no selector: add one in lib/kubernetes/network-policies.ts`);
  }
};
