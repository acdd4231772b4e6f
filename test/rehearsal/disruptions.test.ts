import { drains } from '../../rehearsal/disruptions';
import { CommandError } from '../../rehearsal/process';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const node = (name: string, taint: string) => ({
  metadata: { name },
  spec: { taints: [{ key: taint, value: 'true', effect: 'NoSchedule' }] },
});
const pod = (name: string, nodeName: string, status: object = { phase: 'Running' }) => ({
  metadata: { namespace: 'shop', name, labels: { app: 'web' } },
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

test('drains the fullest node of each kind, and takes back the only one of a kind first', async () => {
  const cluster = fakeCluster(HELD);
  expect(await drains(cluster, () => {})).toEqual({
    faults: [],
    line: 'a node of each of 2 kinds drained: everything available again',
  });
  const options = '--ignore-daemonsets --delete-emptydir-data --timeout=60s';
  expect(cluster.commands).toEqual([`drain a2 ${options}`, `drain b1 ${options}`, 'uncordon b1', 'uncordon a2 b1']);
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
  const cluster = fakeCluster({ ...HELD, nodes, pods: [stored('db-0', 'a0')] });
  await drains(cluster, () => {});
  return cluster.commands.filter((command) => command.startsWith('uncordon'));
};

test('takes a node back first when what it ran has its volume there, and no other of the kind is in its zone', async () => {
  expect(await uncordoned(['x', 'y'])).toEqual(['uncordon a0', 'uncordon a0']);
  expect(await uncordoned(['x', 'x'])).toEqual(['uncordon a0']);
});

test('fails when something does not run elsewhere, and says after what', async () => {
  const failed = {
    kind: 'Job',
    metadata: { name: 'once' },
    status: { conditions: [{ type: 'Failed', status: 'True' }] },
  };
  const cluster = fakeCluster({
    ...HELD,
    jobs: [{ ...failed, metadata: { name: 'once', creationTimestamp: '2020-01-01' } }],
  });
  await expect(drains(cluster, () => {})).rejects.toThrow('after draining a2, b1: Job once does not complete');
});

test('names the budget that keeps pods on a node', async () => {
  const told =
    'error when evicting pods/"web-2" -n "shop" (will retry): it would violate the pod\'s disruption budget.';
  const cluster = fakeCluster(HELD, ([command]) => {
    if (command === 'drain') throw new CommandError('kubectl drain', [told, 'global timeout reached']);
  });
  const { faults } = await drains(cluster, () => {});
  expect(faults[0]).toBe('Node a2 does not drain: PodDisruptionBudget shop/web keeps Pod shop/web-2');
});

test('says what kubectl says when no budget keeps a node from being drained', async () => {
  const cluster = fakeCluster(HELD, () => {
    throw new CommandError('kubectl drain', ['cannot delete pods that declare no controller: shop/web-2']);
  });
  const { faults } = await drains(cluster, () => {});
  expect(faults).toContain('Node a2 does not drain: cannot delete pods that declare no controller: shop/web-2');
});

describe('before', () => {
  const now = jest.spyOn(Date, 'now');
  beforeEach(() => now.mockReturnValueOnce(0).mockReturnValue(10 ** 9));
  afterAll(() => now.mockRestore());

  test('names a budget that lets no pod go, and drains nothing', async () => {
    const cluster = fakeCluster({ ...HELD, poddisruptionbudgets: [budget('web', 0)] });
    const { faults } = await drains(cluster, () => {});
    expect(faults).toEqual(['PodDisruptionBudget shop/web lets none of its 3 pods go: 2 healthy, 2 wanted']);
    expect(cluster.commands).toEqual([]);
  });

  test('names a pod that has two budgets', async () => {
    const cluster = fakeCluster({ ...HELD, poddisruptionbudgets: [budget('web', 1), budget('all', 1)] });
    const { faults } = await drains(cluster, () => {});
    expect(faults).toEqual([
      'PodDisruptionBudget shop/web and PodDisruptionBudget shop/all select the same pods, ' +
        'for example Pod shop/web-3: nobody can evict those',
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
  expect((await drains(fakeCluster(held), () => {})).faults).toEqual([]);
});
