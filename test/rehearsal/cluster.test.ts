import { awaitWorkloads, placements, type Cluster } from '../../rehearsal/cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(setImmediate) }));

const NODES = ['a', 'b', 'c'].map((zone) => ({
  metadata: { name: `node-${zone}`, labels: { 'node-type': 'application', 'topology.kubernetes.io/zone': zone } },
}));
const constraint = { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
const deployment = (status: object) => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation: 1 },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      spec: { nodeSelector: { 'node-type': 'application' }, topologySpreadConstraints: [constraint], containers: [] },
    },
  },
  status: { observedGeneration: 1, ...status },
});
const pod = (zone: string) => ({
  metadata: { namespace: 'shop', labels: { app: 'web' } },
  spec: { nodeName: `node-${zone}` },
});

const clusterOf = (workload: object, pods: readonly object[]): Cluster => ({
  kubectl: async () => '',
  get: async <T>(...resources: readonly string[]) => {
    const held: Record<string, readonly object[]> = { nodes: NODES, pods, deployments: [workload] };
    return resources.flatMap((resource) => held[resource] ?? []) as T[];
  },
});

test('says in which group and zone the pods of a workload are', async () => {
  const [placement] = await placements(clusterOf(deployment({}), [pod('a'), pod('b'), pod('b'), pod('c')]));
  expect(placement).toEqual({
    workload: 'Deployment shop/web',
    pods: 4,
    nodes: new Map([
      ['application a', 1],
      ['application b', 2],
      ['application c', 1],
    ]),
  });
});

test('fails when all pods of a workload are in one zone, though it could have more', async () => {
  await expect(placements(clusterOf(deployment({}), [pod('a'), pod('a')]))).rejects.toThrow(
    'Deployment shop/web has its 2 pods in one zone: it does not survive the loss of it',
  );
});

test('fails when a workload that asks for it is not spread over the zones, the empty ones too', async () => {
  await expect(placements(clusterOf(deployment({}), [pod('a'), pod('a'), pod('b')]))).rejects.toThrow(
    'Deployment shop/web has 2, 1, 0 pods in the zones: it asks for a skew of 1',
  );
});

const meta = (name: string, owner?: string) => ({
  name,
  uid: name,
  namespace: 'shop',
  generation: 1,
  creationTimestamp: '2020-01-01T00:00:00Z',
  ...(owner && { ownerReferences: [{ uid: owner }] }),
});
const web = (status: object) => ({ ...deployment(status), metadata: meta('web') });
const unschedulable = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] };
const warning = (uid: string, message: string) => ({ type: 'Warning', involvedObject: { uid }, message });
const settle = (objects: readonly object[], events: readonly object[] = []) =>
  awaitWorkloads(
    { kubectl: async () => '', get: async <T>(kind: string) => (kind === 'events' ? events : objects) as T[] },
    () => {},
  );

test.each<[string, object]>([
  ['Deployment', web({ availableReplicas: 3, updatedReplicas: 3 })],
  [
    'DaemonSet',
    {
      kind: 'DaemonSet',
      metadata: meta('agent'),
      status: { observedGeneration: 1, desiredNumberScheduled: 2, numberAvailable: 2 },
    },
  ],
  ['Job', { kind: 'Job', metadata: meta('schema'), status: { conditions: [{ type: 'Complete', status: 'True' }] } }],
  [
    'autoscaler',
    {
      kind: 'HorizontalPodAutoscaler',
      metadata: meta('web'),
      spec: { minReplicas: 2 },
      status: { currentReplicas: 2 },
    },
  ],
  ['claim', { kind: 'PersistentVolumeClaim', metadata: meta('disk'), status: { phase: 'Bound' } }],
])('waits for nothing when a %s is as it should be', async (_, object) => {
  await expect(settle([object])).resolves.toBeUndefined();
});

test.each<[string, readonly object[], string]>([
  [
    'a Deployment whose pod no node takes',
    [
      web({}),
      { kind: 'ReplicaSet', metadata: meta('rs', 'web') },
      { kind: 'Pod', metadata: meta('p', 'rs'), status: unschedulable },
    ],
    'Deployment shop/web is not available:\n    0/3 nodes are available',
  ],
  [
    'a Deployment whose pods admission forbids',
    [
      web({}),
      {
        kind: 'ReplicaSet',
        metadata: meta('p', 'web'),
        status: { conditions: [{ type: 'ReplicaFailure', status: 'True' }] },
      },
    ],
    'Deployment shop/web is not available:\n    0/3 nodes are available',
  ],
  [
    'a Job whose pod no node takes',
    [
      { kind: 'Job', metadata: meta('schema') },
      { kind: 'Pod', metadata: meta('p', 'schema'), status: unschedulable },
    ],
    'Job shop/schema does not complete:\n    0/3 nodes are available',
  ],
  [
    'a Job that failed',
    [{ kind: 'Job', metadata: meta('p'), status: { conditions: [{ type: 'Failed', status: 'True' }] } }],
    'Job shop/p does not complete',
  ],
  ['a pod of its own', [{ kind: 'Pod', metadata: meta('p'), status: unschedulable }], 'Pod shop/p is not ready'],
])('gives up on %s, with the reason', async (_, objects, message) => {
  await expect(settle(objects, [warning('p', '0/3 nodes are available')])).rejects.toThrow(message);
});

test('waits for a pod that no node takes as long as nodes come', async () => {
  const node = { kind: 'Node', metadata: { name: 'new', creationTimestamp: new Date().toISOString() } };
  const looks = [[{ kind: 'Pod', metadata: meta('p'), status: unschedulable }, node], []];
  const get = async <T>(kind: string) => (kind === 'events' ? [] : looks.shift()) as T[];
  await expect(awaitWorkloads({ kubectl: async () => '', get }, () => {})).resolves.toBeUndefined();
});

describe('in the end', () => {
  beforeEach(() =>
    jest
      .spyOn(Date, 'now')
      .mockReturnValueOnce(0)
      .mockReturnValue(10 ** 9),
  );
  afterEach(() => jest.restoreAllMocks());

  test.each<[string, object, string]>([
    [
      'a DaemonSet that runs on no node',
      { kind: 'DaemonSet', metadata: meta('agent'), status: { observedGeneration: 1 } },
      'DaemonSet shop/agent runs on no node',
    ],
    [
      'a claim without a volume',
      { kind: 'PersistentVolumeClaim', metadata: meta('disk'), status: { phase: 'Pending' } },
      'PersistentVolumeClaim shop/disk has no volume:\n    no event says why',
    ],
    [
      'an autoscaler that has not made as many pods as it should at the least',
      {
        kind: 'HorizontalPodAutoscaler',
        metadata: meta('web-hpa'),
        spec: { minReplicas: 3 },
        status: { currentReplicas: 1 },
      },
      'HorizontalPodAutoscaler shop/web-hpa has not reached its minimum',
    ],
  ])('fails for %s', async (_, object, message) => {
    await expect(settle([object])).rejects.toThrow(message);
  });
});

describe('a readiness gate', () => {
  const GATE = 'target-health.elbv2.k8s.aws/web';
  const gated = (condition?: object) => [
    web({}),
    {
      kind: 'Pod',
      metadata: meta('p', 'web'),
      spec: { readinessGates: [{ conditionType: GATE }] },
      status: { phase: 'Running', conditions: condition ? [{ type: GATE, status: 'False', ...condition }] : [] },
    },
  ];

  test('that stays closed is named with its reason', async () => {
    const condition = { message: 'no listener forwards to it', lastTransitionTime: '2020-01-01T00:00:00Z' };
    await expect(settle(gated(condition))).rejects.toThrow(
      `Deployment shop/web is not available:\n    its pod waits for ${GATE}: no listener forwards to it`,
    );
  });

  test.each([
    ['closed a moment ago', { lastTransitionTime: new Date().toISOString() }],
    ['not looked at yet', undefined],
  ])('that is %s is waited for', async (_, condition) => {
    const looks = [gated(condition), []];
    const get = async <T>(kind: string) => (kind === 'events' ? [] : looks.shift()) as T[];
    await expect(awaitWorkloads({ kubectl: async () => '', get }, () => {})).resolves.toBeUndefined();
  });
});
