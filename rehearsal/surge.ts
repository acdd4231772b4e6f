import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Event, Node } from 'kubernetes-types/core/v1';
import { awaitRecovery, type Cluster } from './cluster';
import { during, type Outcome } from './outcome';
import type { Report } from './progress';

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
  for (const autoscaler of scaled) await setMinimum(cluster, autoscaler, autoscaler.max);
  await during('with all autoscalers at their maximum', () => awaitRecovery(cluster, report));
  const { length: nodes } = await cluster.get<Node>('nodes');
  for (const { namespace, target } of scaled) await cluster.kubectl(['rollout', 'restart', target, '-n', namespace]);
  await during('restarted with all autoscalers at their maximum', () => awaitRecovery(cluster, report));
  const refused = (await refusals(cluster)).filter((refusal) => !before.has(refusal));

  for (const autoscaler of scaled) {
    await setMinimum(cluster, autoscaler, autoscaler.min);
    const { namespace, target, replicas } = autoscaler; // without measurements, nothing scales them down
    await cluster.kubectl(['scale', target, '-n', namespace, `--replicas=${replicas}`]);
  }
  await awaitRecovery(cluster, report);
  return {
    faults: refused.map((refusal) => `with all autoscalers at their maximum: ${refusal}`),
    line: `${pods} pods at the maximum of ${scaled.length} autoscalers run, and restart, on ${nodes} nodes`,
  };
};

interface Autoscaler {
  readonly namespace: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** What it scales: `deployment/web`. */
  readonly target: string;
  /** How many of it there are now. */
  readonly replicas: number;
}

const autoscalers = async ({ get }: Cluster): Promise<readonly Autoscaler[]> =>
  (await get<HorizontalPodAutoscaler>('horizontalpodautoscalers')).flatMap(({ metadata, spec, status }) => {
    if (!spec) return [];
    const { minReplicas: min = 1, maxReplicas: max, scaleTargetRef } = spec;
    const { name = '', namespace = '' } = metadata ?? {};
    const target = `${scaleTargetRef.kind.toLowerCase()}/${scaleTargetRef.name}`;
    return [{ namespace, name, min, max, target, replicas: status?.currentReplicas ?? min }];
  });

const setMinimum = ({ kubectl }: Cluster, { namespace, name }: Autoscaler, minReplicas: number) =>
  kubectl([
    'patch',
    'horizontalpodautoscaler',
    name,
    '-n',
    namespace,
    '--type=merge',
    '-p',
    JSON.stringify({ spec: { minReplicas } }),
  ]);

/** Two pods counted at once: the controller tries again at once. */
const RETRIED = /the object has been modified/;

/** What admission has refused to controllers: quotas, limits, Pod Security. */
const refusals = async ({ get }: Cluster): Promise<readonly string[]> => [
  ...new Set(
    (await get<Event>('events'))
      .filter(({ reason, message = '' }) => reason === 'FailedCreate' && !RETRIED.test(message))
      .map(
        ({ metadata, involvedObject: { kind, name }, message }) => `${kind} ${metadata.namespace}/${name}: ${message}`,
      ),
  ),
];
