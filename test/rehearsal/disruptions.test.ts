import { drains } from '../../rehearsal/src/drills/disruptions';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const node = (name: string, taint: string) => ({
  metadata: { name },
  spec: { taints: [{ key: taint, value: 'true', effect: 'NoSchedule' }] },
});
const pod = (name: string, nodeName: string, status: object = { phase: 'Running' }) => ({
  metadata: {
    namespace: 'shop',
    name,
    labels: { app: 'web' },
    ownerReferences: [{ kind: 'ReplicaSet', controller: true }],
  },
  spec: { nodeName },
  status,
});
const budget = (name: string, disruptionsAllowed: number, namespace = 'shop') => ({
  kind: 'PodDisruptionBudget',
  metadata: { namespace, name },
  spec: { selector: { matchLabels: { app: 'web' } } },
  status: { disruptionsAllowed, currentHealthy: 2, desiredHealthy: 2 },
});
const HELD = {
  nodes: [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')],
  pods: [pod('web-1', 'a1'), pod('web-2', 'a2'), pod('web-3', 'a2')],
  poddisruptionbudgets: [budget('web', 1)],
};

/** A cluster whose pods go when they are evicted, unless something keeps them. */
const evicting = (held: Readonly<Record<string, readonly object[]>>, kept: Readonly<Record<string, string>> = {}) => {
  const pods = [...(held.pods ?? [])] as ReturnType<typeof pod>[];
  return fakeCluster({ ...held, pods }, (request) => {
    const [, name = ''] = /^POST v1\/namespaces\/shop\/pods\/([\w-]+)\/eviction /.exec(request) ?? [];
    if (kept[name]) return { status: 429, body: { message: kept[name] } };
    const index = pods.findIndex(({ metadata }) => metadata.name === name);
    if (index >= 0) pods.splice(index, 1);
    return undefined;
  });
};
const cordon = (name: string, unschedulable: boolean) =>
  `PATCH v1/nodes/${name} {"spec":{"unschedulable":${unschedulable}}}`;

test('drains the fullest node of each kind, and takes back the only one of a kind first', async () => {
  const cluster = evicting(HELD);
  expect(await drains(cluster, () => {})).toEqual({
    faults: [],
    line: 'a node of each of 2 kinds drained: everything available again',
  });
  expect(cluster.requests.map((request) => request.replace(/ {"apiVersion.*/, ''))).toEqual([
    cordon('a2', true),
    cordon('b1', true),
    'POST v1/namespaces/shop/pods/web-2/eviction',
    'POST v1/namespaces/shop/pods/web-3/eviction',
    cordon('b1', false),
    cordon('a2', false),
    cordon('b1', false),
  ]);
});

test('leaves the pods of DaemonSets', async () => {
  const agent = pod('agent', 'a2');
  const owned = {
    ...agent,
    metadata: { ...agent.metadata, ownerReferences: [{ kind: 'DaemonSet', controller: true }] },
  };
  const cluster = evicting({ ...HELD, pods: [...HELD.pods, owned] });
  expect((await drains(cluster, () => {})).faults).toEqual([]);
  expect(cluster.requests.filter((request) => request.includes('agent'))).toEqual([]);
});

const inZone = (name: string, zone: string) => {
  const { metadata, spec } = node(name, 'a');
  return { metadata: { ...metadata, labels: { 'topology.kubernetes.io/zone': zone } }, spec };
};
const stored = (name: string, on: string) => {
  const { metadata, spec, status } = pod(name, on);
  return { metadata, spec: { ...spec, volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] }, status };
};

const uncordoned = async (zones: readonly string[]) => {
  const nodes = zones.map((zone, index) => inZone(`a${index}`, zone));
  const cluster = evicting({ ...HELD, nodes, pods: [stored('db-0', 'a0')] });
  await drains(cluster, () => {});
  return cluster.requests.filter((request) => request.includes('false'));
};

test('takes a node back first when what it ran has its volume there, and no other of the kind is in its zone', async () => {
  expect(await uncordoned(['x', 'y'])).toEqual([cordon('a0', false), cordon('a0', false)]);
  expect(await uncordoned(['x', 'x'])).toEqual([cordon('a0', false)]);
});

test('fails when something does not run elsewhere, and says after what', async () => {
  const failed = {
    kind: 'Job',
    metadata: { name: 'once' },
    status: { conditions: [{ type: 'Failed', status: 'True' }] },
  };
  const cluster = evicting({ ...HELD, jobs: [failed] });
  await expect(drains(cluster, () => {})).rejects.toThrow('after draining a2, b1: Job once does not complete');
});

test('names the budget that keeps pods on a node', async () => {
  const told = "Cannot evict pod as it would violate the pod's disruption budget.";
  const { faults } = await drains(evicting(HELD, { 'web-2': told }), () => {});
  expect(faults).toEqual(['Node a2 does not drain: PodDisruptionBudget shop/web keeps Pod shop/web-2']);
});

test('says what the API server says when no budget keeps a pod', async () => {
  const { faults } = await drains(evicting({ ...HELD, poddisruptionbudgets: [] }, { 'web-2': 'no' }), () => {});
  expect(faults).toEqual(['Nodes do not drain: Pod shop/web-2: no']);
});

test('names a pod that nobody would bring back, and evicts none', async () => {
  const { metadata, spec, status } = pod('lonely', 'a2');
  const cluster = evicting({
    ...HELD,
    pods: [...HELD.pods, { metadata: { ...metadata, ownerReferences: [] }, spec, status }],
  });
  expect((await drains(cluster, () => {})).faults).toEqual([
    'Node a2 does not drain: Pod shop/lonely has no controller',
  ]);
  expect(cluster.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
});

describe('before', () => {
  test('names a budget that lets no pod go, and drains nothing', async () => {
    const cluster = fakeCluster({ ...HELD, poddisruptionbudgets: [budget('web', 0)] });
    const { faults } = await drains(cluster, () => {});
    expect(faults).toEqual([
      'PodDisruptionBudget shop/web allows none of its 3 pods to be evicted: 2 healthy, 2 required',
    ]);
    expect(cluster.requests).toEqual([]);
  });

  test('names a pod that has two budgets', async () => {
    const cluster = fakeCluster({ ...HELD, poddisruptionbudgets: [budget('web', 1), budget('all', 1)] });
    const { faults } = await drains(cluster, () => {});
    expect(faults).toEqual([
      'PodDisruptionBudget shop/web and PodDisruptionBudget shop/all select the same pods, ' +
        'for example Pod shop/web-3: Kubernetes cannot evict them',
    ]);
  });
});

test.each([
  [
    'has no pod that runs',
    { ...HELD, pods: [pod('web-1', 'a1', { phase: 'Succeeded' })], poddisruptionbudgets: [budget('web', 0)] },
  ],
  ['is of another namespace', { ...HELD, poddisruptionbudgets: [budget('web', 0, 'store')] }],
])('a budget that lets no pod go may be there when it %s', async (_, held) => {
  expect((await drains(evicting(held), () => {})).faults).toEqual([]);
});
