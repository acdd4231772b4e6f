import { PLATFORM_NAMESPACE_NAMES } from '../../config/environment';
import type { Manifest } from '../manifest';
import { clusterRole, clusterRoleBinding, policyRule, READ, roleBinding } from '../objects/rbac';
import { KUBE_STATE_METRICS, MONITORING, PROMETHEUS } from './services';

/** Objects that lead to targets: bound in single namespaces only. */
const TARGETS = 'prometheus-targets';

/** Namespaces that others make: the API server's own, and that of an add-on. */
export const NAMESPACES_OF_OTHERS = ['default', KUBE_STATE_METRICS.namespace];

/** Namespaces in which it looks for targets. */
const WATCHED = [...NAMESPACES_OF_OTHERS, ...PLATFORM_NAMESPACE_NAMES.filter((it) => it !== MONITORING)];

const { host: name } = PROMETHEUS;
const account = { name, namespace: MONITORING };

/** Permissions of Prometheus: find nodes and read their metrics, and find the targets of a few namespaces. */
export const prometheusRights = (): readonly Manifest[] => [
  clusterRole(name, [
    policyRule('', ['nodes'], READ),
    policyRule('', ['nodes/metrics'], ['get']),
    { nonResourceURLs: ['/metrics'], verbs: ['get'] },
  ]),
  clusterRoleBinding(account),
  clusterRole(TARGETS, [
    policyRule('', ['services', 'pods'], READ),
    policyRule('discovery.k8s.io', ['endpointslices'], READ),
  ]),
  ...WATCHED.map((namespace) => roleBinding({ name, namespace }, { kind: 'ClusterRole', name: TARGETS }, account)),
];
