import { zoneLoss } from '../../rehearsal/src/drills/zone-loss';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const node = (zone: string) => ({
  metadata: { name: `node-${zone}`, labels: { 'topology.kubernetes.io/zone': zone, 'node-type': 'application' } },
});
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const pod = (zone: string) => ({
  kind: 'Pod',
  metadata: { namespace: 'shop', labels: { app: 'web' }, ownerReferences: [{ uid: 'web' }] },
  spec: { nodeName: `node-${zone}` },
  status: READY,
});
const web = (availableReplicas: number, replicas = 2) => ({
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'web', uid: 'web', generation: 1 },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: {} },
  status: { observedGeneration: 1, availableReplicas, updatedReplicas: replicas },
});
const FULL = {
  nodes: ['a', 'b', 'c'].map(node),
  pods: ['a', 'b', 'b', 'c'].map(pod),
  deployments: [web(4, 4)],
};

type Held = Record<string, readonly object[]>;

/** A cluster that holds `after` when a zone is lost, and what happens to its zones. */
const losing = (after: Held, before: Held = FULL) => {
  const held: Held = { ...before };
  const happened: string[] = [];
  const zones = {
    loseZone: async (zone: string) => {
      happened.push(`lost ${zone}`);
      Object.assign(held, after);
    },
    restoreZone: async (zone: string) => {
      happened.push(`restored ${zone}`);
      Object.assign(held, before);
    },
  };
  return { happened, outcome: zoneLoss(fakeCluster(held), zones, () => {}) };
};

test('loses the zone with most pods, and restores it', async () => {
  const { happened, outcome } = losing({
    nodes: [node('a'), node('c')],
    pods: [pod('a'), pod('c')],
    deployments: [web(2)],
  });
  expect(await outcome).toEqual({ faults: [], line: 'b lost: everything available again after 0 s on 2 nodes' });
  expect(happened).toEqual(['lost b', 'restored b']);
});

test('fails when something does not run without the zone', async () => {
  const unschedulable = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
  const { outcome } = losing({ deployments: [{ ...web(1), status: { conditions: [unschedulable] } }] });
  await expect(outcome).rejects.toThrow('after the loss of the zone b: Deployment shop/web is not available');
});

test('fails when a workload is in one of the zones that are left', async () => {
  const { outcome } = losing({ nodes: [node('a'), node('c')], pods: [pod('a'), pod('a')], deployments: [web(2)] });
  await expect(outcome).rejects.toThrow(
    'after the loss of the zone b: Deployment shop/web runs all its 2 pods in one zone',
  );
});

test('loses nothing when all nodes are in one zone', async () => {
  const { happened, outcome } = losing({}, { nodes: [node('a'), node('a')] });
  expect(await outcome).toEqual({ faults: [], line: 'no zone lost: all nodes are in one' });
  expect(happened).toEqual([]);
});

const volume = (zone: string) => ({
  spec: {
    claimRef: { namespace: 'shop', name: 'data' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.kubernetes.io/zone', values: [zone] }] }],
      },
    },
  },
});

describe('what has its volume in the zone', () => {
  const mounting = {
    kind: 'Pod',
    status: READY,
    metadata: { namespace: 'shop', labels: { app: 'base' }, ownerReferences: [{ uid: 'base' }] },
    spec: { nodeName: 'node-b', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
  };
  const base = (available: number) => ({
    ...web(available, 1),
    metadata: { ...web(available, 1).metadata, name: 'base', uid: 'base' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'base' } }, template: {} },
    ...(available === 0 && {
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    }),
  });
  const before = (zone: string) => ({
    ...FULL,
    pods: [...FULL.pods, mounting],
    persistentvolumes: [volume(zone)],
    deployments: [web(4, 4), base(1)],
  });
  const after = { nodes: [node('a'), node('c')], pods: [pod('a'), pod('c')], deployments: [web(2), base(0)] };

  test('may wait for it, and is told', async () => {
    expect((await losing(after, before('b')).outcome).line).toBe(
      'b lost: everything available again after 0 s on 2 nodes, except for workloads with a volume there: Deployment shop/base',
    );
  });

  test('is another thing than what has it elsewhere', async () => {
    await expect(losing(after, before('a')).outcome).rejects.toThrow('Deployment shop/base is not available');
  });
});
