import { surge } from '../../rehearsal/src/drills/surge';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const autoscaler = {
  kind: 'HorizontalPodAutoscaler',
  metadata: { namespace: 'shop', name: 'web-hpa' },
  spec: { minReplicas: 2, maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
  status: { currentReplicas: 3 },
};
const refusal = (name: string, reason = 'FailedCreate') => ({
  metadata: { namespace: 'shop' },
  involvedObject: { kind: 'ReplicaSet', name },
  reason,
  message: 'exceeded quota: quota',
});
const HPA = 'PATCH autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web-hpa';
const WEB = 'PATCH apps/v1/namespaces/shop/deployments/web';
const HELD = { horizontalpodautoscalers: [autoscaler], nodes: [{}, {}] };

test('raises every minimum to the maximum, restarts, and puts back what was there', async () => {
  const cluster = fakeCluster(HELD);
  expect(await surge(cluster, () => {})).toEqual({
    faults: [],
    line: '9 pods at the maximum of 1 autoscalers run, and restart, on 2 nodes',
  });
  expect(cluster.requests).toEqual([
    `${HPA} {"spec":{"minReplicas":9}}`,
    expect.stringMatching(
      `^${WEB} {"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2`,
    ),
    `${HPA} {"spec":{"minReplicas":2}}`,
    `${WEB} {"spec":{"replicas":3}}`,
  ]);
});

test('names what admission refuses meanwhile, and nothing from before', async () => {
  const events = [refusal('before')];
  const retried = { ...refusal('web-2'), message: 'cannot be fulfilled: the object has been modified' };
  const meanwhile = [refusal('web-1'), refusal('other', 'FailedScheduling'), retried];
  const cluster = fakeCluster({ ...HELD, events }, (request) => {
    if (request.includes('restartedAt')) events.push(...meanwhile);
    return undefined;
  });
  const { faults } = await surge(cluster, () => {});
  expect(faults).toEqual(['with all autoscalers at their maximum: ReplicaSet shop/web-1: exceeded quota: quota']);
});

test.each([
  [':9}', 'with all autoscalers at their maximum: '],
  ['restartedAt', 'restarted with all autoscalers at their maximum: '],
])('fails when something does not run after %s', async (change, message) => {
  const jobs: object[] = [];
  const failed = {
    kind: 'Job',
    metadata: { name: 'once' },
    status: { conditions: [{ type: 'Failed', status: 'True' }] },
  };
  const cluster = fakeCluster({ ...HELD, jobs }, (request) => {
    if (request.includes(change)) jobs.push(failed);
    return undefined;
  });
  await expect(surge(cluster, () => {})).rejects.toThrow(`${message}Job once does not complete`);
});

test('has nothing to do without autoscalers', async () => {
  expect(await surge(fakeCluster({}), () => {})).toEqual({ faults: [], line: 'no autoscaler' });
});
