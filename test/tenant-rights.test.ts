import { flat, sample, type CfnResource, type Json } from './synth';

/** Objects of all stacks. */
const objects: Json[] = sample('prod').stacks.flatMap(({ template }) =>
  Object.values<CfnResource>(template.Resources)
    .filter(({ Type }) => Type === 'Custom::AWSCDK-EKS-KubernetesResource')
    .flatMap(({ Properties }) => JSON.parse(flat(Properties?.Manifest))),
);

/** Rights beyond their namespace that accounts of tenants have, by themselves or as members of a group. */
const clusterWide = (all: readonly Json[]): string[] =>
  all
    .filter(({ kind }) => kind === 'ClusterRoleBinding')
    .flatMap(({ metadata, subjects }) =>
      subjects
        .filter(
          ({ namespace, name }: Json) =>
            namespace?.startsWith('tenant-') ||
            /^system:(authenticated|unauthenticated|serviceaccounts(:tenant-.*)?|serviceaccount:tenant-.*)$/.test(name),
        )
        .map(({ name }: Json) => `${metadata.name}: ${name}`),
    );
/** Accounts of tenants that have rights in a namespace of somebody else. */
const elsewhere = (all: readonly Json[]): string[] =>
  all
    .filter(({ kind }) => kind === 'RoleBinding')
    .flatMap(({ metadata, subjects }) =>
      subjects
        .filter(({ namespace }: Json) => namespace?.startsWith('tenant-') && namespace !== metadata.namespace)
        .map(({ namespace }: Json) => `${metadata.namespace}/${metadata.name}: ${namespace}`),
    );

test('no account of a tenant has rights outside of its namespace', () => {
  expect(objects.filter(({ kind }) => kind === 'ClusterRoleBinding')).not.toEqual([]);
  expect(objects.filter(({ kind }) => kind === 'RoleBinding')).not.toEqual([]);
  expect([...clusterWide(objects), ...elsewhere(objects)]).toEqual([]);
});

test.each<[string, object, string]>([
  ['its account', { kind: 'ServiceAccount', name: 'tenant', namespace: 'tenant-acme' }, 'planted: tenant'],
  [
    'its group',
    { kind: 'Group', name: 'system:serviceaccounts:tenant-acme' },
    'planted: system:serviceaccounts:tenant-acme',
  ],
  ['everybody', { kind: 'Group', name: 'system:authenticated' }, 'planted: system:authenticated'],
])('which would be found of %s', (_, subject, found) => {
  const planted = { kind: 'ClusterRoleBinding', metadata: { name: 'planted' }, subjects: [subject] };
  expect(clusterWide([...objects, planted])).toEqual([found]);
});

test('which would be found in the namespace of another', () => {
  const planted = {
    kind: 'RoleBinding',
    metadata: { name: 'planted', namespace: 'tenant-globex' },
    subjects: [{ kind: 'ServiceAccount', name: 'tenant', namespace: 'tenant-acme' }],
  };
  expect(elsewhere([...objects, planted])).toEqual(['tenant-globex/planted: tenant-acme']);
});
