import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from 'kubernetes-types/admissionregistration/v1';
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Job } from 'kubernetes-types/batch/v1';
import type * as core from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { StorageClass } from 'kubernetes-types/storage/v1';

/** The types of the Kubernetes objects that templates hold, by kind. */
interface Types {
  ClusterRole: ClusterRole;
  ClusterRoleBinding: ClusterRoleBinding;
  ConfigMap: core.ConfigMap;
  DaemonSet: DaemonSet;
  Deployment: Deployment;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  Ingress: Ingress;
  Job: Job;
  LimitRange: core.LimitRange;
  Namespace: core.Namespace;
  NetworkPolicy: NetworkPolicy;
  PersistentVolumeClaim: core.PersistentVolumeClaim;
  PodDisruptionBudget: PodDisruptionBudget;
  PriorityClass: PriorityClass;
  ResourceQuota: core.ResourceQuota;
  Role: Role;
  RoleBinding: RoleBinding;
  SecretProviderClass: Custom<{ secretObjects?: { secretName: string }[] }>;
  Service: core.Service;
  ServiceAccount: core.ServiceAccount;
  StatefulSet: StatefulSet;
  StorageClass: StorageClass;
  TargetGroupBinding: Custom<{
    targetGroupARN: string;
    targetType: string;
    serviceRef: { name: string; port: number };
  }>;
  ValidatingAdmissionPolicy: ValidatingAdmissionPolicy;
  ValidatingAdmissionPolicyBinding: ValidatingAdmissionPolicyBinding;
}

interface Custom<Spec> {
  readonly apiVersion: string;
  readonly spec: Spec;
}

/** With every field: a test that reads one which an object lacks fails, so it need not ask whether there is one. */
type Complete<T> = T extends object ? { [K in keyof T]-?: Complete<NonNullable<T[K]>> } : T;

/** A kind of Kubernetes objects that has a type here. */
export type Kind = keyof Types;

/** An object of one of some kinds. */
export type ObjectOf<K extends Kind = Kind> = { [One in K]: Complete<Omit<Types[One], keyof Named>> & Named<One> }[K];

interface Named<K = Kind> {
  readonly kind: K;
  readonly metadata: Complete<ObjectMeta>;
}

/** The objects of some kinds; without any, all. */
export const ofKind = <K extends Kind = Kind>(objects: readonly ObjectOf[], ...kinds: K[]): readonly ObjectOf<K>[] =>
  objects.filter(({ kind }) => kinds.length === 0 || (kinds as Kind[]).includes(kind)) as unknown as ObjectOf<K>[];
