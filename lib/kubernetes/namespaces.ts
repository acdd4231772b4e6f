import type { Namespace } from 'kubernetes-types/core/v1';
import type { EnvironmentConfig } from '../config/environment';
import { PLATFORM_NAMESPACES } from '../config/namespaces';
import type { Manifest } from './manifest';

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
