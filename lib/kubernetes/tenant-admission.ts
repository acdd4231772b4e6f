import type {
  NamedRuleWithOperations,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from 'kubernetes-types/admissionregistration/v1';
import { NODE_GROUP_NAMES } from '../config/environment';
import { TENANT_ID_LABEL } from '../model/namespaces';
import type { Manifest } from './manifest';

/** Seconds that a pod of a tenant may take to end: nobody waits longer for a node or a suspension. */
const MAX_GRACE_PERIOD = 300;

const [GROUP] = NODE_GROUP_NAMES;

/** One rule of a policy: a condition on the object, and what to say when it does not hold. */
interface Rule {
  readonly expression: string;
  readonly message: string;
}

/** By the kind of object. Pod Security, quotas and rights say nothing of these. */
const RULES: Readonly<Record<'pods' | 'services', readonly Rule[]>> = {
  pods: [
    {
      expression: `!has(object.spec.tolerations) || object.spec.tolerations.all(t, has(t.key) && (t.key == '${GROUP}' || t.key.startsWith('node.kubernetes.io/')))`,
      message: `a pod of a tenant runs on the nodes of the group ${GROUP}: tolerate its taint, and no other`,
    },
    {
      expression: `!has(object.spec.terminationGracePeriodSeconds) || object.spec.terminationGracePeriodSeconds <= ${MAX_GRACE_PERIOD}`,
      message: `terminationGracePeriodSeconds is above ${MAX_GRACE_PERIOD}: the drain of a node would wait for it`,
    },
    {
      expression: `!has(object.metadata.finalizers) || object.metadata.finalizers.all(f, f == 'batch.kubernetes.io/job-tracking')`,
      message: 'a pod with a finalizer might never be gone: leave it out',
    },
    {
      expression: `!has(object.metadata.annotations) || !('cluster-autoscaler.kubernetes.io/safe-to-evict' in object.metadata.annotations)`,
      message: 'the annotation cluster-autoscaler.kubernetes.io/safe-to-evict would keep nodes for ever: leave it out',
    },
  ],
  services: [
    {
      expression: '!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0',
      message: 'externalIPs would take what others send to these addresses: leave them out',
    },
  ],
};

/** Admission policies for the namespaces of tenants, for every user. Kubernetes has it from 1.30 on. */
export const tenantAdmission = (kubernetesVersion: string): readonly Manifest[] =>
  Number(kubernetesVersion.split('.')[1]) < 30
    ? []
    : Object.entries(RULES).flatMap(([resource, rules]) => [policy(resource, rules), binding(resource)]);

const nameOf = (resource: string) => `tenant-${resource}`;

const policy = (resource: string, rules: readonly Rule[]): Manifest<ValidatingAdmissionPolicy> => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: nameOf(resource) },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      namespaceSelector: { matchExpressions: [{ key: TENANT_ID_LABEL, operator: 'Exists' }] },
      resourceRules: [resourceRule(resource)],
    },
    validations: rules.map((rule) => ({ ...rule })),
  },
});

/** Its type lacks a field that the API requires. */
const resourceRule = (resource: string): NamedRuleWithOperations & { resources: string[] } => ({
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: [resource],
});

const binding = (resource: string): Manifest<ValidatingAdmissionPolicyBinding> => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: nameOf(resource) },
  spec: { policyName: nameOf(resource), validationActions: ['Deny'] },
});
