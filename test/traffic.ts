import { isIP } from 'node:net';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { isCidr, within } from '../lib/model/cidr';

type Labels = Readonly<Record<string, string>>;

/** A pod as network policies see it. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
}

/** A pod or an address outside of the cluster. */
export type End = Pod | string;

/** Says whether an end reaches another, as Kubernetes adds network policies up: traffic of a selected pod that none allows is refused. */
export const traffic = (policies: readonly NetworkPolicy[], namespaces: Readonly<Record<string, Labels>>) => {
  const labelsOf = (namespace: string): Labels => {
    const labels = namespaces[namespace];
    if (!labels) throw new Error(`there is no namespace ${namespace}`);
    return { 'kubernetes.io/metadata.name': namespace, ...labels };
  };
  const isPeer = (peer: NetworkPolicyPeer, end: End, of: string): boolean => {
    if (typeof end === 'string') return peer.ipBlock !== undefined && holds(peer.ipBlock, end);
    if (peer.ipBlock) return false; // the program that enforces the policies may tell pods from addresses
    const namespace = peer.namespaceSelector
      ? matches(peer.namespaceSelector, labelsOf(end.namespace))
      : end.namespace === of;
    return namespace && matches(peer.podSelector ?? {}, end.labels);
  };
  const lets = (direction: 'ingress' | 'egress', pod: End, other: End, port: number, protocol: string): boolean => {
    if (typeof pod === 'string') return true;
    const type = direction === 'ingress' ? 'Ingress' : 'Egress';
    const about = policies.filter(
      ({ metadata, spec }) =>
        metadata?.namespace === pod.namespace &&
        spec?.policyTypes?.includes(type) &&
        matches(spec.podSelector, pod.labels),
    );
    const rules = about.flatMap(({ spec }) =>
      (spec?.[direction] ?? []).map((rule) => ({
        ports: rule.ports,
        peers: ('from' in rule ? rule.from : 'to' in rule ? rule.to : undefined) as NetworkPolicyPeer[] | undefined,
      })),
    );
    return (
      about.length === 0 ||
      rules.some(
        ({ ports, peers }) =>
          (!ports || ports.some((each) => isPort(each, port, protocol))) &&
          (!peers || peers.some((peer) => isPeer(peer, other, pod.namespace))),
      )
    );
  };
  return (from: End, to: End, port: number, protocol = 'TCP'): boolean =>
    lets('egress', from, to, port, protocol) && lets('ingress', to, from, port, protocol);
};

const isPort = (rule: NetworkPolicyPort, port: number, protocol: string) =>
  (rule.protocol ?? 'TCP') === protocol && (rule.port === undefined || rule.port === port);

const matches = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean => {
  if (matchExpressions.length > 0) throw new Error('matchExpressions are not evaluated here');
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
};

const holds = ({ cidr, except = [] }: IPBlock, address: string): boolean => {
  if (!isIP(address) || ![cidr, ...except].every(isCidr)) throw new Error(`${address} or a block of ${cidr} is none`);
  return within(`${address}/32`, cidr) && !except.some((block) => within(`${address}/32`, block));
};
