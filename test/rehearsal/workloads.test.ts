import { awaitWorkloads } from '../../rehearsal/src/cluster/workloads';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(setImmediate) }));

const meta = (name: string, owner?: string) => ({
  name,
  uid: name,
  namespace: 'shop',
  generation: 1,
  ...(owner && { ownerReferences: [{ uid: owner }] }),
});
const web = (status: object) => ({
  kind: 'Deployment',
  metadata: meta('web'),
  spec: { replicas: 2 },
  status: { observedGeneration: 1, ...status },
});
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const AVAILABLE = { availableReplicas: 2, updatedReplicas: 2 };
const replicaSet = (conditions: readonly object[] = []) => ({
  kind: 'ReplicaSet',
  metadata: meta('rs', 'web'),
  status: { conditions },
});
const ready = (name: string, owner: string, more: object = {}) => ({
  kind: 'Pod',
  metadata: { ...meta(name, owner), ...more },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});
const RUNNING = [replicaSet(), ready('web-1', 'rs'), ready('web-2', 'rs')];
const unschedulable = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] };
const warning = (uid: string, message: string, more: object = { type: 'Warning' }) => ({
  involvedObject: { uid },
  message,
  ...more,
});

/** A cluster that holds at each look what comes next, and in the end the last. */
const changing = (looks: readonly (readonly object[])[], events: readonly object[] = []) => {
  const cluster = fakeCluster({});
  let look = 0;
  const get = async <T>(resource: string) =>
    (resource === 'events' ? events : looks[Math.min(look++, looks.length - 1)]) as T[];
  const follow = async <T>(...resources: readonly string[]) => ({
    objects: () => get<T>(resources[0]!),
    end: () => {},
  });
  return { ...cluster, get, follow };
};
const settle = (objects: readonly object[], events: readonly object[] = []) =>
  awaitWorkloads(changing([objects], events), () => {});

test.each<[string, readonly object[]]>([
  ['Deployment', [web(AVAILABLE), ...RUNNING]],
  [
    'DaemonSet',
    [
      { kind: 'DaemonSet', metadata: meta('agent'), status: { observedGeneration: 1, desiredNumberScheduled: 1 } },
      ready('agent-1', 'agent'),
    ],
  ],
  ['Job', [{ kind: 'Job', metadata: meta('schema'), status: { conditions: [{ type: 'Complete', status: 'True' }] } }]],
  [
    'autoscaler',
    [
      {
        kind: 'HorizontalPodAutoscaler',
        metadata: meta('web'),
        spec: { minReplicas: 2 },
        status: { currentReplicas: 2 },
      },
    ],
  ],
  ['node', [{ kind: 'Node', metadata: meta('n'), status: READY }]],
  ['node that is cordoned', [{ kind: 'Node', metadata: meta('n'), spec: { unschedulable: true }, status: {} }]],
  ['claim', [{ kind: 'PersistentVolumeClaim', metadata: meta('disk'), status: { phase: 'Bound' } }]],
])('waits for nothing when a %s is as it should be', async (_, objects) => {
  await expect(settle(objects)).resolves.toBeUndefined();
});

test.each<[string, readonly object[]]>([
  ['its pods are gone', [web(AVAILABLE), replicaSet()]],
  [
    'one of its pods is about to go',
    [web(AVAILABLE), ...RUNNING.slice(0, 2), ready('web-2', 'rs', { deletionTimestamp: 'now' })],
  ],
  ['pods of an earlier template still run', [web(AVAILABLE), ...RUNNING, ready('web-3', 'rs')]],
  ['its controller has not seen its present generation', [web({ ...AVAILABLE, observedGeneration: 0 }), ...RUNNING]],
  ['its controller has not counted the pods', [web({ availableReplicas: 1, updatedReplicas: 2 }), ...RUNNING]],
])('a Deployment is not available as long as %s', async (_, objects) => {
  await expect(settle(objects)).rejects.toThrow('Deployment shop/web is not available');
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
  [
    'a DaemonSet that runs on no node',
    [{ kind: 'DaemonSet', metadata: meta('agent'), status: { observedGeneration: 1 } }],
    'DaemonSet shop/agent runs on no node',
  ],
  [
    'a node that does not get ready',
    [{ kind: 'Node', metadata: meta('n'), status: {} }],
    'Node shop/n accepts no pods',
  ],
  [
    'a node that the control plane lets no pods on',
    [
      {
        kind: 'Node',
        metadata: meta('n'),
        spec: { taints: [{ key: 'node.kubernetes.io/unschedulable' }] },
        status: READY,
      },
    ],
    'Node shop/n accepts no pods',
  ],
  [
    'a claim without a volume',
    [{ kind: 'PersistentVolumeClaim', metadata: meta('disk'), status: { phase: 'Pending' } }],
    'PersistentVolumeClaim shop/disk has no volume:\n    no event says why',
  ],
  [
    'an autoscaler that has not made as many pods as it should at the least',
    [
      {
        kind: 'HorizontalPodAutoscaler',
        metadata: meta('web-hpa'),
        spec: { minReplicas: 3 },
        status: { currentReplicas: 1 },
      },
    ],
    'HorizontalPodAutoscaler shop/web-hpa has not reached its minimum',
  ],
])('gives up on %s when nothing changes any longer, with the reason', async (_, objects, message) => {
  await expect(settle(objects, [warning('p', '0/3 nodes are available')])).rejects.toThrow(message);
});

test('says what the autoscaler says of a pod for which it adds no node', async () => {
  const told = { type: 'Normal', reason: 'NotTriggerScaleUp' };
  const events = [warning('p', '1 max node group size reached', told), warning('p', 'pulled', { type: 'Normal' })];
  await expect(settle([{ kind: 'Pod', metadata: meta('p'), status: unschedulable }], events)).rejects.toThrow(
    /^Pod shop\/p is not ready:\n {4}1 max node group size reached$/,
  );
});

const nodes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ kind: 'Node', metadata: { name: `node-${index}` } }));

test('waits for a pod that no node takes as long as nodes come, however long that is', async () => {
  const pod = { kind: 'Pod', metadata: meta('p'), status: unschedulable };
  const looks = Array.from({ length: 100 }, (_, look) => [pod, ...nodes(Math.floor(look / 5))]);
  await expect(awaitWorkloads(changing([...looks, []]), () => {})).resolves.toBeUndefined();
});

const job = (status: object) => ({ kind: 'Job', metadata: meta('schema'), status });

test('waits for a Job that makes its next pod later', async () => {
  const later = Array.from({ length: 100 }, () => [job({ failed: 1, active: 0 })]);
  const done = job({ failed: 1, conditions: [{ type: 'Complete', status: 'True' }] });
  await expect(awaitWorkloads(changing([...later, [done]]), () => {})).resolves.toBeUndefined();
});

test('is not misled by what changes without end though nothing goes on', async () => {
  const beats = Array.from({ length: 200 }, (_, look) => [
    { kind: 'Pod', metadata: { ...meta('p'), resourceVersion: `${look}` }, status: { ...unschedulable, beat: look } },
  ]);
  await expect(awaitWorkloads(changing(beats), () => {})).rejects.toThrow('Pod shop/p is not ready');
});

describe('a ReplicaSet whose pods admission forbids', () => {
  const refused = replicaSet([{ type: 'ReplicaFailure', status: 'True' }]);
  const tried = 'PATCH apps/v1/namespaces/shop/replicasets/rs';

  test('is tried again in each new state, and given up when nothing changes', async () => {
    const later = { kind: 'Pod', metadata: meta('other', 'x'), status: { phase: 'Running' } };
    const cluster = changing(
      [
        [web({}), refused],
        [web({}), refused],
        [web({}), refused, later],
      ],
      [warning('rs', 'exceeded quota')],
    );
    await expect(awaitWorkloads(cluster, () => {})).rejects.toThrow(
      'Deployment shop/web is not available:\n    exceeded quota',
    );
    expect(cluster.requests.filter((request) => request.startsWith(tried))).toHaveLength(2);
  });

  test('is waited for as long as it takes to be accepted', async () => {
    await expect(
      awaitWorkloads(
        changing([
          [web({}), refused],
          [web(AVAILABLE), ...RUNNING],
        ]),
        () => {},
      ),
    ).resolves.toBeUndefined();
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

  test.each([
    ['that stays closed', { message: 'no listener forwards to it' }, 'no listener forwards to it'],
    ['that nothing has set', undefined, 'nothing has set it yet'],
  ])('%s is named with its reason', async (_, condition, reason) => {
    await expect(settle(gated(condition))).rejects.toThrow(
      `Deployment shop/web is not available:\n    its pod waits for ${GATE}: ${reason}`,
    );
  });

  test('that opens in the end is waited for', async () => {
    await expect(awaitWorkloads(changing([gated(), gated({}), []]), () => {})).resolves.toBeUndefined();
  });
});
