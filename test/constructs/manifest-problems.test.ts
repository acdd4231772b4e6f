import { manifestProblems } from '../../lib/constructs/manifest-problems';

const deployment = (change: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'shops' },
  ...change,
});
const container = (resources: object) => deployment({ spec: { template: { spec: { containers: [{ resources }] } } } });
const labelled = (labels: object) => deployment({ spec: { template: { metadata: { labels } } } });

test.each([
  [
    'a name with capitals',
    deployment({ metadata: { name: 'Shop' } }),
    /^Deployment Shop: metadata.name is "Shop": write/,
  ],
  [
    'a Service named like a host',
    { ...deployment({}), kind: 'Service', metadata: { name: 'a.b' } },
    /metadata.name is "a.b"/,
  ],
  [
    'a Service with a name that is too long',
    { ...deployment({}), kind: 'Service', metadata: { name: 'a'.repeat(64) } },
    /metadata.name is "a{64}": write at most 63/,
  ],
  ['a name that is too long', deployment({ metadata: { name: 'a'.repeat(254) } }), /metadata.name is "a{254}": write/],
  ['a role with a slash', { ...deployment({}), kind: 'Role', metadata: { name: 'a/b' } }, /metadata.name is "a\/b"/],
  [
    'a label with a space',
    labelled({ tier: 'front end' }),
    /^Deployment shop: spec.template.metadata.labels.tier is "front end": write at most 63 letters/,
  ],
  ['a label that is too long', labelled({ tier: 'x'.repeat(64) }), /labels.tier is "x{64}"/],
  [
    'the label of nodes',
    deployment({ spec: { template: { spec: { nodeSelector: { 'node-type': 'a b' } } } } }),
    /spec.template.spec.nodeSelector.node-type is "a b"/,
  ],
  [
    'the label of pods that are selected',
    deployment({ spec: { selector: { matchLabels: { app: '-shop' } } } }),
    /spec.selector.matchLabels.app is "-shop"/,
  ],
  [
    'the value of a label whose key has dots',
    labelled({ 'example.com/tier': 'a b' }),
    /labels\[example.com\/tier\] is "a b"/,
  ],
  ['the key of a label', labelled({ 'front end': 'x' }), /labels has the key "front end": write one like app/],
  [
    'the key of an annotation',
    deployment({ metadata: { name: 'shop', annotations: { 'a b': 'any text' } } }),
    /metadata.annotations has the key "a b"/,
  ],
  [
    'a quantity without a unit that Kubernetes knows',
    container({ limits: { memory: '1GB' } }),
    /containers.0.resources.limits.memory is "1GB": write a quantity like 100m or 256Mi/,
  ],
  ['a quota', deployment({ spec: { hard: { 'requests.cpu': 'much' } } }), /spec.hard\[requests.cpu\] is "much"/],
  [
    'a limit of a range',
    deployment({ spec: { limits: [{ max: { cpu: '1 core' } }] } }),
    /limits.0.max.cpu is "1 core"/,
  ],
  ['a size of a folder', deployment({ spec: { emptyDir: { sizeLimit: '16 Mi' } } }), /emptyDir.sizeLimit is "16 Mi"/],
  [
    'a schedule of four fields',
    deployment({ spec: { schedule: '0 3 * *' } }),
    /spec.schedule is "0 3 \* \*": write five/,
  ],
  ['one of six', deployment({ spec: { schedule: '0 0 3 * * *' } }), /spec.schedule is "0 0 3 \* \* \*": write five/],
])('finds %s', (_, object, problem) => {
  expect(manifestProblems(object)).toEqual([expect.stringMatching(problem)]);
});

test('accepts what the API server accepts, and what only a deployment knows', () => {
  const fine = [
    labelled({
      app: 'shop',
      'app.kubernetes.io/name': 'shop',
      empty: '',
      version: 'v1.2_3',
      known: '${Token[TOKEN.1]}',
    }),
    container({
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { cpu: '1.5', memory: '1e9', 'nvidia.com/gpu': '1' },
    }),
    deployment({ spec: { schedule: '*/5 3 1-7 * MON' } }),
    deployment({ spec: { schedule: '@daily' } }),
    { ...deployment({}), kind: 'ClusterRole', metadata: { name: 'system:reader' } },
  ];
  expect(fine.flatMap(manifestProblems)).toEqual([]);
});

test('finds all at once', () => {
  expect(manifestProblems(deployment({ metadata: { name: 'A', labels: { a: ' ', b: ' ' } } }))).toHaveLength(3);
});
