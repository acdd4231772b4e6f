import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Event, Node } from 'kubernetes-types/core/v1';
import type { Cluster } from '../cluster/cluster';
import { during, type Outcome } from '../outcome';
import type { Report } from '../report/progress';
import { awaitWorkloads } from '../cluster/workloads';

/**
 * Whether everything that is scaled has room at its maximum, and to be restarted there: raises the minimum of every
 * autoscaler to its maximum, restarts what it scales, and puts both back.
 */
export const surge = async (cluster: Cluster, report: Report): Promise<Outcome> => {
  const scaled = await autoscalers(cluster);
  if (scaled.length === 0) return { faults: [], line: 'no autoscaler' };
  const pods = scaled.reduce((sum, { max }) => sum + max, 0);
  const before = new Set(await refusals(cluster));

  report(`${pods} pods at the maximum of ${scaled.length} autoscalers`);
  await Promise.all(scaled.map((one) => setMinimum(cluster, one, one.max)));
  await during('with all autoscalers at their maximum', () => awaitWorkloads(cluster, report));
  const { length: nodes } = await cluster.get<Node>('nodes');
  await Promise.all(scaled.map((one) => restart(cluster, one)));
  await during('restarted with all autoscalers at their maximum', () => awaitWorkloads(cluster, report));
  const refused = (await refusals(cluster)).filter((refusal) => !before.has(refusal));

  await Promise.all(
    scaled.map(async (one) => {
      await setMinimum(cluster, one, one.min);
      await cluster.patch(one.target, { spec: { replicas: one.replicas } }); // without measurements, nothing scales down
    }),
  );
  await awaitWorkloads(cluster, report);
  return {
    faults: refused.map((refusal) => `with all autoscalers at their maximum: ${refusal}`),
    line: `${pods} pods at the maximum of ${scaled.length} autoscalers run, and restart, on ${nodes} nodes`,
  };
};

interface Autoscaler {
  /** Path of its API. */
  readonly path: string;
  readonly min: number;
  readonly max: number;
  /** Path of what it scales. */
  readonly target: string;
  /** How many of it there are now. */
  readonly replicas: number;
}

const autoscalers = async ({ get }: Cluster): Promise<readonly Autoscaler[]> =>
  (await get<HorizontalPodAutoscaler>('horizontalpodautoscalers')).flatMap(({ metadata, spec, status }) => {
    if (!spec) return [];
    const { minReplicas: min = 1, maxReplicas: max, scaleTargetRef } = spec;
    const namespace = `namespaces/${metadata?.namespace}`;
    const { apiVersion = 'apps/v1', kind, name } = scaleTargetRef;
    return [
      {
        path: `/apis/autoscaling/v2/${namespace}/horizontalpodautoscalers/${metadata?.name}`,
        min,
        max,
        target: `/apis/${apiVersion}/${namespace}/${kind.toLowerCase()}s/${name}`,
        replicas: status?.currentReplicas ?? min,
      },
    ];
  });

const setMinimum = ({ patch }: Cluster, { path }: Autoscaler, minReplicas: number) =>
  patch(path, { spec: { minReplicas } });

/** The same as `kubectl rollout restart`: only the template changes. */
const restart = ({ patch }: Cluster, { target }: Autoscaler) =>
  patch(target, {
    spec: {
      template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } },
    },
  });

/** Two pods counted at once: the controller tries again at once. */
const RETRIED = /the object has been modified/;

/** Requests of controllers that admission refused: quotas, limits, Pod Security. */
const refusals = async ({ get }: Cluster): Promise<readonly string[]> => [
  ...new Set(
    (await get<Event>('events'))
      .filter(({ reason, message = '' }) => reason === 'FailedCreate' && !RETRIED.test(message))
      .map(
        ({ metadata, involvedObject: { kind, name }, message }) => `${kind} ${metadata.namespace}/${name}: ${message}`,
      ),
  ),
];
