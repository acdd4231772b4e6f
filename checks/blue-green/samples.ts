import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Pod, Service } from 'kubernetes-types/core/v1';
import { COLOR_LABEL } from '../../lib/model/labels';
import { selects } from '../../rehearsal/src/cluster/selector';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import type { Place } from '../../rehearsal/src/drills/drills';
import type { AwsParts } from '../../rehearsal/src/drills/request-path';
import { bindingsOf, type TargetGroupBinding } from '../../rehearsal/src/drills/requests';
import { lookAgainAndAgain } from '../looking';
import { arrivalOf, attempt, behaviourOf, distributionOf } from '../../rehearsal/src/drills/walk';

/** The service that is looked at, and the host under which users reach it. */
export interface Watched {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
}

/** The colors that users and callers met, in the order in which they changed, and each look that met none, or one that was not whole. */
export interface Seen {
  readonly looks: number;
  readonly users: readonly string[];
  readonly callers: readonly string[];
  readonly faults: readonly string[];
}

interface Held {
  readonly bindings: readonly TargetGroupBinding[];
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly deployments: readonly Deployment[];
}

const held = async ({ get }: Cluster): Promise<Held> => {
  const [bindings, services, pods, deployments] = await Promise.all([
    get<TargetGroupBinding>('targetgroupbindings'),
    get<Service>('services'),
    get<Pod>('pods'),
    get<Deployment>('deployments'),
  ]);
  return { bindings, services, pods, deployments };
};

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** The color of some pods. Throws unless they are all that one Deployment wants, and ready. */
const wholeColor = (own: readonly Pod[], { deployments }: Held, namespace: string): string => {
  const colors = [...new Set(own.map(({ metadata }) => metadata?.labels?.[COLOR_LABEL]))];
  if (colors.length !== 1) throw new Error(`the pods are of ${colors.length} colors: ${colors.join(', ')}`);
  const [color] = colors;
  const makers = deployments.filter(
    ({ metadata, spec }) => metadata?.namespace === namespace && selects(spec!.selector, own[0]?.metadata?.labels),
  );
  if (makers.length !== 1) throw new Error(`${makers.length} Deployments select the pods of ${color}`);
  const wanted = makers[0]!.spec!.replicas ?? 1;
  const ready = own.filter(isReady).length;
  if (own.length !== wanted || ready !== wanted)
    throw new Error(`${ready} of ${own.length} pods of ${color} are ready, and ${wanted} are wanted`);
  return color!;
};

/** The pods of a namespace that a Service selects, and that are not about to end. */
const selected = ({ services, pods }: Held, namespace: string, name: string): readonly Pod[] => {
  const matchLabels = services.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name)?.spec
    ?.selector;
  return pods.filter(
    ({ metadata }) =>
      metadata?.namespace === namespace &&
      !metadata.deletionTimestamp &&
      selects(matchLabels && { matchLabels }, metadata.labels),
  );
};

/** The color that users meet: through DNS, the distribution, the rule and its target group. Each target is a pod, and healthy. */
const metByUsers = ({ namespace, host }: Watched, parts: AwsParts, there: Held): string => {
  const path = { ...parts, bindings: bindingsOf(there.bindings, there.services, there.pods) };
  const distribution = distributionOf(host, path);
  const { pods } = arrivalOf(host, distribution, behaviourOf(distribution, '/'), path);
  if (pods === undefined) throw new Error('a bucket answers');
  if (pods.others.length > 0) throw new Error(`${pods.others.length + 1} target groups get requests`);
  return wholeColor(selected(there, namespace, pods.binding.service), there, namespace);
};

/** Looks again and again while something goes on, and once when it has ended. */
export const watch = async (
  watched: Watched,
  { cluster, emulator }: Place,
  work: () => Promise<void>,
): Promise<Seen> => {
  const seen = { looks: 0, users: [] as string[], callers: [] as string[], faults: [] as string[] };
  const meet = (who: 'users' | 'callers', look: () => string) => {
    const { found, fault } = attempt(look);
    if (fault !== undefined) seen.faults.push(`look ${seen.looks}, ${who}: ${fault}`);
    else if (seen[who].at(-1) !== found) seen[who].push(found!);
  };
  const looks = await lookAgainAndAgain(async () => {
    const parts = await emulator.requestPath();
    const there = await held(cluster);
    seen.looks += 1;
    meet('users', () => metByUsers(watched, parts, there));
    meet('callers', () => wholeColor(selected(there, watched.namespace, watched.name), there, watched.namespace));
  });
  const [worked] = await Promise.allSettled([work()]);
  await looks.end();
  if (worked.status === 'rejected') throw worked.reason;
  return seen;
};
