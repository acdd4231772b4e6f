import { PLATFORM_NAMESPACE_NAMES, type PlatformNamespace } from './names';
import type { ResourceQuantities } from './resources';

/** The owner of a namespace, as its labels say. */
export interface NamespaceOwner {
  readonly team: string;
  readonly securityLevel: 'high' | 'medium' | 'low';
}

/** The namespaces that every environment has: of services, of the web application, of all that watches. */
export const [CORE_NAMESPACE, APPS_NAMESPACE, MONITORING_NAMESPACE] = PLATFORM_NAMESPACE_NAMES;

/** Owners of the namespaces that every environment has. */
export const PLATFORM_NAMESPACES: Readonly<Record<PlatformNamespace, NamespaceOwner>> = {
  [CORE_NAMESPACE]: { team: 'platform', securityLevel: 'high' },
  [APPS_NAMESPACE]: { team: 'application', securityLevel: 'medium' },
  [MONITORING_NAMESPACE]: { team: 'devops', securityLevel: 'medium' },
};

/** Namespace of the controllers of the cluster. */
export const KUBE_SYSTEM = 'kube-system';

/** The namespace of a tenant begins with it, and no other does. */
export const TENANT_PREFIX = 'tenant-';

/** Label of the namespaces of tenants, and of no others; its value is the tenant's id. */
export const TENANT_ID_LABEL = 'tenant-id';

/** The team of tenants' namespaces, and of no others: their label `team`. */
export const TENANT_TEAM = 'tenant';

/**
 * Namespaces that add-ons of EKS bring, and Kubernetes: others put their pods into them, which our admission, quotas and limits would refuse.
 */
export const NAMESPACES_OF_OTHERS = [
  'amazon-cloudwatch',
  'aws-secrets-manager',
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-state-metrics',
  KUBE_SYSTEM,
  'prometheus-node-exporter',
] as const;

/** Limits of one pod: a node of the smallest group holds it. */
export const LARGEST_POD: ResourceQuantities = { cpu: '1500m', memory: '4Gi' };

/** Size of one volume, where a tenant's tier does not say it. */
export const LARGEST_VOLUME = '100Gi';
