import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from 'kubernetes-types/admissionregistration/v1';
import { tenantAdmission } from '../../lib/kubernetes/tenant-admission';

// The API server of a rehearsal decides on the meaning of the conditions.
const objects = tenantAdmission('1.36');
const of = <T extends object>(kind: string) => objects.filter((object) => object.kind === kind) as unknown as T[];
const policies = of<ValidatingAdmissionPolicy>('ValidatingAdmissionPolicy');

test('pods and Services are looked at when they are made and when they change, in namespaces of tenants only', () => {
  expect(policies.map(({ spec }) => spec!.matchConstraints)).toEqual(
    ['pods', 'services'].map((resource) => ({
      namespaceSelector: { matchExpressions: [{ key: 'tenant-id', operator: 'Exists' }] },
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: [resource] },
      ],
    })),
  );
});

test('what cannot be judged is refused, and so is what breaks a rule', () => {
  for (const { spec } of policies) expect(spec!.failurePolicy).toBe('Fail');
  const bindings = of<ValidatingAdmissionPolicyBinding>('ValidatingAdmissionPolicyBinding');
  expect(bindings.map(({ spec }) => [spec!.policyName, spec!.validationActions])).toEqual(
    policies.map(({ metadata }) => [metadata!.name, ['Deny']]),
  );
});

test('a cluster that does not know such policies gets none', () => {
  expect([tenantAdmission('1.28'), tenantAdmission('1.30').length]).toEqual([[], 4]);
});
