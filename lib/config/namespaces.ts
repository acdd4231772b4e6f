import type { NamespaceConfig, PlatformNamespace, ResourceQuantities } from './environment';

/** Whom the namespaces belong to that every environment has. */
export const PLATFORM_NAMESPACES: Readonly<Record<PlatformNamespace, Omit<NamespaceConfig, 'name'>>> = {
  'platform-core': { team: 'platform', securityLevel: 'high' },
  'platform-apps': { team: 'application', securityLevel: 'medium' },
  'platform-monitoring': { team: 'devops', securityLevel: 'medium' },
};

/** Limits of one pod: a node of the smallest group holds it. */
export const LARGEST_POD: ResourceQuantities = { cpu: '1500m', memory: '4Gi' };

/** Size of one volume, where a tenant's tier does not say it. */
export const LARGEST_VOLUME = '100Gi';
