import type { Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { TenantConfig } from '../config/environment';
import { TIERS } from '../model/tenant-tiers';
import type { Manifest } from './manifest';
import { limitRange, noPlatformPriority, podSecurity, resourceQuota } from './namespaces';
import { TENANT_OPERATOR, TENANT_SERVICE, TENANT_SUSPENSION, tenantReads } from './tenancy';
import { serviceAccount } from './service-account';

export interface TenantProps {
  readonly tenant: TenantConfig;
  /** Long name of the environment. */
  readonly environment: string;
  /** What its pods reach and who reaches them: in its namespace, the same kinds and names for every tenant. */
  readonly networkPolicies: readonly Manifest[];
}

/** Name and service account of the pods of every tenant; its AWS identity hangs on it. */
export const TENANT_ACCOUNT = 'tenant';

/** The namespace of a tenant: also its prefix in the bucket of uploads, and its folder of secrets. */
export const tenantNamespace = (id: string): string => `tenant-${id}`;

/**
 * All that a tenant has in the cluster, to be applied as one manifest, the namespace first.
 *
 * Kinds and names are the same for every tier and status: what an update no longer named would stay behind.
 */
export const tenantObjects = (props: TenantProps): readonly Manifest[] => {
  const { tenant, networkPolicies } = props;
  const namespace = tenantNamespace(tenant.id);
  return [
    namespaceOf(props),
    ...networkPolicies, // before anything that could run
    quota(tenant, namespace),
    noPlatformPriority(namespace),
    limitRange(namespace, TIERS[tenant.tier].largestPod, TIERS[tenant.tier].largestVolume),
    serviceAccount({ name: TENANT_ACCOUNT, namespace }),
    role(namespace),
    binding(namespace, TENANT_ACCOUNT, { kind: 'Role', name: TENANT_ACCOUNT }, { name: TENANT_ACCOUNT, namespace }),
    binding(namespace, TENANT_SERVICE.name, { kind: 'ClusterRole', name: TENANT_OPERATOR }, TENANT_SERVICE),
    binding(
      namespace,
      TENANT_SUSPENSION.name,
      { kind: 'ClusterRole', name: TENANT_SUSPENSION.name },
      TENANT_SUSPENSION,
    ),
  ];
};

const namespaceOf = ({ tenant: { id, name, tier, status }, environment }: TenantProps): Manifest<Namespace> => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: tenantNamespace(id),
    labels: { environment, team: 'tenant', 'tenant-id': id, 'security-level': 'high', ...podSecurity() },
    annotations: { 'tenant-name': name, 'tenant-tier': tier, 'tenant-status': status },
  },
});

const quota = ({ tier, status }: TenantConfig, namespace: string): Manifest<ResourceQuota> => {
  const { volumes, storage, services, objects, ...most } = TIERS[tier];
  return resourceQuota(
    namespace,
    { ...most, pods: status === 'suspended' ? 0 : most.pods },
    {
      persistentvolumeclaims: `${volumes}`,
      'requests.storage': storage,
      services: `${services}`,
      ...Object.fromEntries(COUNTED.map((kind) => [`count/${kind}`, `${objects}`])),
    },
  );
};

/** What no other limit bounds: the API server keeps all of it. */
const COUNTED = ['configmaps', 'deployments.apps', 'statefulsets.apps', 'jobs.batch', 'cronjobs.batch'];

const role = (namespace: string): Manifest<Role> => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: TENANT_ACCOUNT, namespace },
  rules: tenantReads(),
});

/** Lets a service account do in the namespace what a role says. */
const binding = (
  namespace: string,
  name: string,
  roleRef: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string },
  account: { readonly name: string; readonly namespace: string },
): Manifest<RoleBinding> => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
  subjects: [{ kind: 'ServiceAccount', ...account }],
});
