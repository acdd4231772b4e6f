import type { ClusterRole, ClusterRoleBinding, RoleBinding } from 'kubernetes-types/rbac/v1';
import { PLATFORM_NAMESPACE_NAMES } from '../../config/environment';
import type { Manifest } from '../manifest';
import { KUBE_STATE_METRICS, MONITORING, PROMETHEUS } from './services';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
/** What leads to targets: bound in single namespaces only. */
const TARGETS = 'prometheus-targets';

/** Namespaces in which it looks for targets. */
const WATCHED = [
  'default',
  KUBE_STATE_METRICS.namespace,
  ...PLATFORM_NAMESPACE_NAMES.filter((it) => it !== MONITORING),
];

/** Namespaces that others make: the API server's own, and that of an add-on. */
export const NAMESPACES_OF_OTHERS = ['default', KUBE_STATE_METRICS.namespace];

const { host: name } = PROMETHEUS;
const subjects = () => [{ kind: 'ServiceAccount', name, namespace: MONITORING }];

/** What Prometheus may do: find nodes and read their metrics, and find the targets of a few namespaces. */
export const prometheusRights = (): readonly Manifest[] => [
  clusterRole(),
  clusterRoleBinding(),
  targetsRole(),
  ...WATCHED.map(targetsIn),
];

const clusterRole = (): Manifest<ClusterRole> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: [
    { apiGroups: [''], resources: ['nodes'], verbs: READ },
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { nonResourceURLs: ['/metrics'], verbs: ['get'] },
  ],
});

const clusterRoleBinding = (): Manifest<ClusterRoleBinding> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
  subjects: subjects(),
});

const targetsRole = (): Manifest<ClusterRole> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name: TARGETS },
  rules: [
    { apiGroups: [''], resources: ['services', 'pods'], verbs: READ },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  ],
});

const targetsIn = (namespace: string): Manifest<RoleBinding> => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name, namespace },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: TARGETS },
  subjects: subjects(),
});
