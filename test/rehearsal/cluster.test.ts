import { awaitWorkloads, placements, type Cluster } from '../../rehearsal/cluster';

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
const pod = (zone: string, status: object = {}) => ({
  metadata: { namespace: 'shop', labels: { app: 'web' }, creationTimestamp: '2020-01-01T00:00:00Z' },
  spec: { nodeName: `node-${zone}` },
  status,
});

const clusterOf = (workload: object, pods: readonly object[], events: readonly object[] = []): Cluster => ({
  kubectl: async () => '',
  get: async <T>(...resources: readonly string[]) => {
    const held: Record<string, readonly object[]> = { nodes: NODES, pods, events, deployments: [workload] };
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

test('fails when a workload that asks for it is not spread over the zones, the empty ones too', async () => {
  await expect(placements(clusterOf(deployment({}), [pod('a'), pod('a'), pod('b')]))).rejects.toThrow(
    'Deployment shop/web has 2, 1, 0 pods in the zones: it asks for a skew of 1',
  );
});

test('waits for nothing when every pod is available', async () => {
  const rolledOut = deployment({ availableReplicas: 3, updatedReplicas: 3 });
  await expect(awaitWorkloads(clusterOf(rolledOut, []), () => {})).resolves.toBeUndefined();
});

test('gives up on a pod that no node takes, with the reason of the scheduler', async () => {
  const pending = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] };
  const event = {
    type: 'Warning',
    involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'shop' },
    message: '0/3 nodes are available',
  };
  await expect(
    awaitWorkloads(clusterOf(deployment({ availableReplicas: 2 }), [pod('a', pending)], [event]), () => {}),
  ).rejects.toThrow('Deployment shop/web is not available:\n    Pod web-1: 0/3 nodes are available');
});
