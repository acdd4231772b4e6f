import { ofKind, type ObjectOf } from './kinds';
import { objectsOf, sample } from './synth';

const bindings = objectsOf(sample('prod'), 'ClusterRoleBinding', 'RoleBinding');

/** Rights beyond their namespace that accounts of tenants have, by themselves or as members of a group. */
const clusterWide = (all: readonly ObjectOf[]): string[] =>
  ofKind(all, 'ClusterRoleBinding').flatMap(({ metadata, subjects }) =>
    subjects
      .filter(
        ({ namespace, name }) =>
          namespace?.startsWith('tenant-') ||
          /^system:(authenticated|unauthenticated|serviceaccounts(:tenant-.*)?|serviceaccount:tenant-.*)$/.test(name),
      )
      .map(({ name }) => `${metadata.name}: ${name}`),
  );
/** Accounts of tenants that have rights in a namespace of somebody else. */
const elsewhere = (all: readonly ObjectOf[]): string[] =>
  ofKind(all, 'RoleBinding').flatMap(({ metadata, subjects }) =>
    subjects
      .filter(({ namespace }) => namespace?.startsWith('tenant-') && namespace !== metadata.namespace)
      .map(({ namespace }) => `${metadata.namespace}/${metadata.name}: ${namespace}`),
  );

test('no account of a tenant has rights outside of its namespace', () => {
  expect(ofKind(bindings, 'ClusterRoleBinding')).not.toEqual([]);
  expect(ofKind(bindings, 'RoleBinding')).not.toEqual([]);
  expect([...clusterWide(bindings), ...elsewhere(bindings)]).toEqual([]);
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
  expect(clusterWide([...bindings, planted as ObjectOf])).toEqual([found]);
});

test('which would be found in the namespace of another', () => {
  const planted = {
    kind: 'RoleBinding',
    metadata: { name: 'planted', namespace: 'tenant-globex' },
    subjects: [{ kind: 'ServiceAccount', name: 'tenant', namespace: 'tenant-acme' }],
  };
  expect(elsewhere([...bindings, planted as ObjectOf])).toEqual(['tenant-globex/planted: tenant-acme']);
});
