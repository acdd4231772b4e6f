import type { NamespaceConfig } from './environment';

/** The namespaces that every environment has. */
export const PLATFORM_NAMESPACES: readonly NamespaceConfig[] = [
  { name: 'platform-core', team: 'platform', securityLevel: 'high' },
  { name: 'platform-apps', team: 'application', securityLevel: 'medium' },
  { name: 'platform-monitoring', team: 'devops', securityLevel: 'medium' },
];
