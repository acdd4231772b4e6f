import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { Manifest } from '../manifest';

const GROUP = 'rbac.authorization.k8s.io';
const VERSION = `${GROUP}/v1`;

/** Verbs that only read. */
export const READ = ['get', 'list', 'watch'] as const;

interface InNamespace {
  readonly name: string;
  readonly namespace: string;
}

/** Verbs for resources of an API group; of those with some names, where they are given. */
export const policyRule = (
  apiGroup: string,
  resources: readonly string[],
  verbs: readonly string[],
  names?: readonly string[],
): PolicyRule => ({
  apiGroups: [apiGroup],
  resources: [...resources],
  verbs: [...verbs],
  ...(names && { resourceNames: [...names] }),
});

/** Permissions in a namespace. */
export const role = ({ name, namespace }: InNamespace, rules: readonly PolicyRule[]): Manifest<Role> => ({
  apiVersion: VERSION,
  kind: 'Role',
  metadata: { name, namespace },
  rules: [...rules],
});

/** Permissions wherever a binding grants them. */
export const clusterRole = (name: string, rules: readonly PolicyRule[]): Manifest<ClusterRole> => ({
  apiVersion: VERSION,
  kind: 'ClusterRole',
  metadata: { name },
  rules: [...rules],
});

const subjects = ({ name, namespace }: InNamespace) => [{ kind: 'ServiceAccount', name, namespace }];

/** Lets a service account do in the namespace of the binding what a role says. */
export const roleBinding = (
  { name, namespace }: InNamespace,
  roleRef: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string },
  account: InNamespace,
): Manifest<RoleBinding> => ({
  apiVersion: VERSION,
  kind: 'RoleBinding',
  metadata: { name, namespace },
  roleRef: { apiGroup: GROUP, ...roleRef },
  subjects: subjects(account),
});

/** Lets a service account do everywhere what the ClusterRole of its name says. */
export const clusterRoleBinding = (account: InNamespace): Manifest<ClusterRoleBinding> => ({
  apiVersion: VERSION,
  kind: 'ClusterRoleBinding',
  metadata: { name: account.name },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: account.name },
  subjects: subjects(account),
});
