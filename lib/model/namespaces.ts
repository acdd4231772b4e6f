import type { PlatformNamespace } from './names';
import type { ResourceQuantities } from './resources';

/** Who owns a namespace, as its labels say. */
export interface NamespaceOwner {
  readonly team: string;
  readonly securityLevel: 'high' | 'medium' | 'low';
}

/** Whom the namespaces belong to that every environment has. */
export const PLATFORM_NAMESPACES: Readonly<Record<PlatformNamespace, NamespaceOwner>> = {
  'platform-core': { team: 'platform', securityLevel: 'high' },
  'platform-apps': { team: 'application', securityLevel: 'medium' },
  'platform-monitoring': { team: 'devops', securityLevel: 'medium' },
};

/**
 * Namespaces that add-ons of EKS bring, and Kubernetes: others put their pods into them, which our admission, quotas and limits would refuse.
 * Those of a tenant begin with `tenant-`.
 */
export const NAMESPACES_OF_OTHERS = [
  'amazon-cloudwatch',
  'aws-secrets-manager',
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-state-metrics',
  'kube-system',
  'prometheus-node-exporter',
] as const;

/** Limits of one pod: a node of the smallest group holds it. */
export const LARGEST_POD: ResourceQuantities = { cpu: '1500m', memory: '4Gi' };

/** Size of one volume, where a tenant's tier does not say it. */
export const LARGEST_VOLUME = '100Gi';
