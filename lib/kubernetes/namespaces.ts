import type { Namespace } from 'kubernetes-types/core/v1';
import type { EnvironmentConfig, NamespaceConfig } from '../config/environment';
import type { Manifest } from './manifest';

/** The namespaces that every environment has. */
const PLATFORM_NAMESPACES: readonly NamespaceConfig[] = [
  { name: 'platform-core', team: 'platform', securityLevel: 'high' },
  { name: 'platform-apps', team: 'application', securityLevel: 'medium' },
  { name: 'platform-monitoring', team: 'devops', securityLevel: 'medium' },
];

/** The namespaces of an environment: the platform's, then its extra ones. */
export const namespaces = ({
  tags,
  extraNamespaces,
}: Pick<EnvironmentConfig, 'tags' | 'extraNamespaces'>): readonly Manifest<Namespace>[] =>
  [...PLATFORM_NAMESPACES, ...extraNamespaces].map(({ name, team, securityLevel }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { environment: tags.environment, team, 'security-level': securityLevel, ...podSecurity() },
    },
  }));

/** Pods run only if they keep to the strictest of the Pod Security standards. */
const podSecurity = () =>
  Object.fromEntries(['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']));
