import { placements } from '../../rehearsal/src/cluster/placements';
import { fakeCluster } from './fake-cluster';

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

const clusterOf = (workload: object, pods: readonly object[]) =>
  fakeCluster({ nodes: NODES, pods, deployments: [workload] });

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
    'Deployment shop/web runs all its 2 pods in one zone: it does not survive the loss of that zone',
  );
});

test('fails when a workload that asks for it is not spread over the zones, the empty ones too', async () => {
  await expect(placements(clusterOf(deployment({}), [pod('a'), pod('a'), pod('b')]))).rejects.toThrow(
    'Deployment shop/web has 2, 1, 0 pods in the zones, but allows a skew of 1',
  );
});
