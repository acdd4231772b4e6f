import type { Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import type { TenantConfig } from '../config/environment';
import { TENANT_ID_LABEL, TENANT_PREFIX, TENANT_TEAM } from '../model/namespaces';
import { TIERS } from '../model/tenant-tiers';
import type { Manifest } from './manifest';
import { limitRange, ownedNamespace, noPlatformPriority, resourceQuota } from './namespaces';
import { role, roleBinding } from './objects/rbac';
import { serviceAccount } from './objects/service-account';
import { TENANT_OPERATOR, TENANT_SERVICE, TENANT_SUSPENSION, tenantReads } from './tenancy';

export interface TenantProps {
  readonly tenant: TenantConfig;
  /** Long name of the environment. */
  readonly environment: string;
  /** Paths of its pods, in both directions: in its namespace, the same kinds and names for every tenant. */
  readonly networkPolicies: readonly Manifest[];
}

/** Name and service account of the pods of every tenant; its AWS identity hangs on it. */
export const TENANT_ACCOUNT = 'tenant';

/** The namespace of a tenant: also its prefix in the bucket of uploads, and its folder of secrets. */
export const tenantNamespace = (id: string): string => `${TENANT_PREFIX}${id}`;

/**
 * All that a tenant has in the cluster, to be applied as one manifest, the namespace first.
 *
 * Kinds and names are the same for every tier and status: an object that an update no longer named would stay behind.
 */
export const tenantObjects = (props: TenantProps): readonly Manifest[] => {
  const { tenant, networkPolicies } = props;
  const namespace = tenantNamespace(tenant.id);
  const account = { name: TENANT_ACCOUNT, namespace };
  const bindingOf = ({ name }: { readonly name: string }) => ({ name, namespace });
  return [
    namespaceOf(props),
    ...networkPolicies, // before anything that could run
    quota(tenant, namespace),
    noPlatformPriority(namespace),
    limitRange(namespace, TIERS[tenant.tier].largestPod, TIERS[tenant.tier].largestVolume),
    serviceAccount(account),
    role(account, tenantReads()),
    roleBinding(account, { kind: 'Role', name: TENANT_ACCOUNT }, account),
    roleBinding(bindingOf(TENANT_SERVICE), { kind: 'ClusterRole', name: TENANT_OPERATOR }, TENANT_SERVICE),
    roleBinding(bindingOf(TENANT_SUSPENSION), { kind: 'ClusterRole', name: TENANT_SUSPENSION.name }, TENANT_SUSPENSION),
  ];
};

const namespaceOf = ({ tenant: { id, name, tier, status }, environment }: TenantProps): Manifest<Namespace> => {
  const owner = { name: tenantNamespace(id), team: TENANT_TEAM, securityLevel: 'high' } as const;
  const { metadata, ...own } = ownedNamespace(owner, environment, { [TENANT_ID_LABEL]: id });
  const annotations = { 'tenant-name': name, 'tenant-tier': tier, 'tenant-status': status };
  return { ...own, metadata: { ...metadata, annotations } };
};

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

/** Kinds that no other limit bounds, although the API server keeps every object. */
const COUNTED = ['configmaps', 'deployments.apps', 'statefulsets.apps', 'jobs.batch', 'cronjobs.batch'];
