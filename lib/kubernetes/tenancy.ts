import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { SERVICES } from '../model/services';
import type { Manifest } from './manifest';
import { labelled, labelledAll, type WorkloadIdentity } from './objects/labels';
import { clusterRole, clusterRoleBinding, policyRule, READ } from './objects/rbac';
import { serviceAccount } from './objects/service-account';
import { serviceWorkload } from './service-workload';

/** The service that looks after tenants: its service account. */
export const TENANT_SERVICE = { name: 'tenant-service', namespace: SERVICES['tenant-service'].namespace } as const;

/** The ClusterRole with what tenant-service may do in the namespace of a tenant, once a RoleBinding there says so. */
export const TENANT_OPERATOR = 'tenant-operator';

/** The program that ends the pods of suspended tenants: its Jobs' service account, their pods' label `app`, its ClusterRole. */
export const TENANT_SUSPENSION = { name: 'tenant-suspension', namespace: TENANT_SERVICE.namespace } as const;

/** The Jobs of all tenants are one workload. */
export const SUSPENSION_WORKLOAD: WorkloadIdentity = { app: TENANT_SUSPENSION.name, component: 'tenancy' };

const WRITE = [...READ, 'create', 'update', 'patch', 'delete'];

/** Kinds by their API group. */
type Kinds = Readonly<Record<string, readonly string[]>>;

const rules = (kinds: Kinds, verbs: readonly string[]): PolicyRule[] =>
  Object.entries(kinds).map(([group, resources]) => policyRule(group, resources, verbs));

/** Kinds that run for a tenant. Not secrets, service accounts, RBAC, policies, quotas, or budgets, which could hold a node. */
const WORKLOADS: Kinds = {
  '': ['services', 'configmaps', 'persistentvolumeclaims'],
  apps: ['deployments', 'statefulsets'],
  batch: ['jobs', 'cronjobs'],
  autoscaling: ['horizontalpodautoscalers'],
};

/** Resources that a tenant's own pods may read in their namespace. */
export const tenantReads = (): PolicyRule[] =>
  rules({ ...WORKLOADS, '': [...WORKLOADS['']!, 'pods', 'pods/log', 'events'] }, READ);

/** Objects that all tenants share in the cluster. */
export const tenancyObjects = (): readonly Manifest[] => {
  const service = serviceWorkload(TENANT_SERVICE.name);
  return [
    labelled(
      service,
      clusterRole(TENANT_OPERATOR, [
        ...rules({ ...WORKLOADS, 'secrets-store.csi.x-k8s.io': ['secretproviderclasses'] }, WRITE),
        ...rules({ '': ['pods'] }, [...READ, 'delete']),
        ...rules({ '': ['pods/log', 'events', 'resourcequotas', 'limitranges', 'serviceaccounts'] }, READ),
      ]),
    ),
    ...labelledAll(SUSPENSION_WORKLOAD, [
      clusterRole(TENANT_SUSPENSION.name, [
        ...rules({ '': ['pods'] }, [...READ, 'delete']), // it waits until they are gone
        ...rules({ '': ['resourcequotas'] }, READ), // and before that, until no other may start
      ]),
      serviceAccount(TENANT_SUSPENSION),
    ]),
    ...labelledAll(service, [
      clusterRole(TENANT_SERVICE.name, rules({ '': ['namespaces'] }, READ)),
      clusterRoleBinding(TENANT_SERVICE),
    ]),
  ];
};
