import type { Namespace } from 'kubernetes-types/core/v1';
import type { EnvironmentConfig } from '../config/environment';
import type { Manifest } from './manifest';

/** Levels of the Pod Security standards. */
type PodSecurity = 'restricted' | 'baseline' | 'privileged';

interface NamespaceDefinition {
  readonly name: string;
  readonly team: string;
  readonly securityLevel: 'high' | 'medium' | 'low';
  readonly podSecurity: PodSecurity;
  /** The only environment that has it. @default - every environment */
  readonly only?: EnvironmentConfig['tags']['environment'];
}

/** The platform's own namespaces. */
const NAMESPACES: readonly NamespaceDefinition[] = [
  { name: 'platform-core', team: 'platform', securityLevel: 'high', podSecurity: 'restricted' },
  { name: 'platform-apps', team: 'application', securityLevel: 'medium', podSecurity: 'restricted' },
  { name: 'platform-monitoring', team: 'devops', securityLevel: 'medium', podSecurity: 'restricted' },
  { name: 'platform-dev', team: 'development', securityLevel: 'low', podSecurity: 'restricted', only: 'development' },
  { name: 'platform-staging', team: 'qa', securityLevel: 'medium', podSecurity: 'restricted', only: 'staging' },
];

/** The namespaces of an environment, in which pods run only if they keep to the Pod Security level. */
export const namespaces = (environment: EnvironmentConfig['tags']['environment']): readonly Manifest<Namespace>[] =>
  NAMESPACES.filter(({ only = environment }) => only === environment).map(
    ({ name, team, securityLevel, podSecurity }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: {
          environment,
          team,
          'security-level': securityLevel,
          'pod-security.kubernetes.io/enforce': podSecurity,
          'pod-security.kubernetes.io/audit': podSecurity,
          'pod-security.kubernetes.io/warn': podSecurity,
        },
      },
    }),
  );
