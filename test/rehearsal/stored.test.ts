import { differences, notStored } from '../../rehearsal/src/steps/stored';

const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Findings about an object that was applied and is stored otherwise. */
const found = (applied: object, stored: object, kind = 'StatefulSet', of = kind) =>
  notStored({
    resources: async () => ['statefulsets'],
    get: async <T>() => {
      const metadata = { name: 'web', namespace: 'shop' };
      const annotations = { [APPLIED]: JSON.stringify({ apiVersion: 'apps/v1', kind: of, metadata, ...applied }) };
      return [{ kind, metadata: { ...metadata, annotations }, ...stored }] as T[];
    },
  });

test('a field that the API server has dropped is named', async () => {
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } };
  expect(
    await found(
      { spec: { updateStrategy } },
      { spec: { updateStrategy: { ...updateStrategy, rollingUpdate: { partition: 0 } } } },
    ),
  ).toEqual([
    'StatefulSet shop/web does not keep spec.updateStrategy.rollingUpdate.maxUnavailable, which was 2: ' +
      'the API server dropped the field, as it does while a feature gate is off',
  ]);
});

test('a value that admission has changed is named', async () => {
  expect(await found({ spec: { replicas: 3 } }, { spec: { replicas: 1 } })).toEqual([
    'StatefulSet shop/web has spec.replicas 1, which was 3 when it was applied',
  ]);
});

test('what nobody applied is not looked at', async () => {
  expect(
    await notStored({
      resources: async () => ['nodes'],
      get: async <T>() => [{ kind: 'Node', metadata: { name: 'a' } }] as T[],
    }),
  ).toEqual([]);
});

test('what inherits the annotation of its owner was not applied itself', async () => {
  expect(await found({ spec: { replicas: 3 } }, { data: {} }, 'ControllerRevision', 'StatefulSet')).toEqual([]);
});

test('what a Secret keeps as data is not missed', async () => {
  expect(await found({ stringData: { a: 'b' } }, { data: { a: 'Yg==' } }, 'Secret')).toEqual([]);
  expect(await found({ stringData: { a: 'b' } }, {}, 'ConfigMap')).toHaveLength(1);
});

test.each([
  ['a default that is added', { a: 1 }, { a: 1, b: 2 }],
  ['another way to write a quantity', { cpu: '1000m', memory: '1024Mi' }, { cpu: '1', memory: '1Gi' }],
  ['a number for its text', { cpu: 2 }, { cpu: '2' }],
  ['what is empty and left out', { a: {}, b: [], c: null, d: '', e: false, f: 0, g: { h: [] } }, {}],
  [
    'an element that is put in before others',
    { list: [{ name: 'a', x: 1 }] },
    { list: [{ name: 'z' }, { name: 'a', x: 1, y: 2 }] },
  ],
])('%s is no difference', (_, was, is) => {
  expect(differences(was, is)).toEqual([]);
});

test.each([
  ['a quantity that is another', { cpu: '1000m' }, { cpu: '2' }, 'cpu'],
  ['a text that is another', { a: 'x' }, { a: 'y' }, 'a'],
  ['an element that is gone', { a: [{ name: 'x', v: 1 }, { name: 'y' }] }, { a: [{ name: 'x', v: 1 }] }, 'a[1]'],
  ['a field of an element among others', { a: [{ name: 'x', v: 1 }] }, { a: [{ name: 'w' }, { name: 'x' }] }, 'a[0].v'],
  ['a label', { labels: { 'example.com/a': '1' } }, { labels: {} }, 'labels[example.com/a]'],
])('%s is a difference', (_, was, is, path) => {
  expect(differences(was, is).map((difference) => difference.path)).toEqual([path]);
});
