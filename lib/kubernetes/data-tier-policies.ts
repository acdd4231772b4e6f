import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Manifest } from './manifest';

export interface DataTierPoliciesProps {
  /** Every namespace that has pods of the platform or of people. */
  readonly namespaces: readonly string[];
  /** Blocks of the subnets in which the data tiers stand. */
  readonly dataCidrs: readonly string[];
  readonly tiers: readonly DataTier[];
}

export interface DataTierPolicies {
  readonly all: readonly Manifest<NetworkPolicy>[];
  /** Those that lead to a tier. */
  readonly ways: readonly Manifest<NetworkPolicy>[];
}

/** A data tier and who may reach it. */
export interface DataTier {
  readonly name: string;
  readonly port: number;
  /** Namespace of its clients. */
  readonly namespace: string;
  /** Labels `app` of its clients. */
  readonly clients: readonly string[];
}

/**
 * In these namespaces, nobody reaches the data subnets but the named clients, each its own tier.
 *
 * Security groups know the cluster's pods as one: these policies tell them apart. The nodes of the database group stand in the
 * data subnets too, so that pods here do not reach them either.
 */
export const dataTierPolicies = ({ namespaces, dataCidrs, tiers }: DataTierPoliciesProps): DataTierPolicies => {
  const ways = tiers.map((tier) => clientsOf(tier, dataCidrs));
  return { all: [...namespaces.map((namespace) => everythingButData(namespace, dataCidrs)), ...ways], ways };
};

const everythingButData = (namespace: string, dataCidrs: readonly string[]): Manifest<NetworkPolicy> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'no-data-tiers', namespace },
  spec: {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ namespaceSelector: {} }] }, { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [...dataCidrs] } }] }],
  },
});

const clientsOf = (
  { name, port, namespace, clients }: DataTier,
  dataCidrs: readonly string[],
): Manifest<NetworkPolicy> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: `to-${name}`, namespace },
  spec: {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [...clients] }] },
    policyTypes: ['Egress'],
    egress: [{ to: dataCidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port }] }],
  },
});
