import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, Pod } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { awaitRecovery, nameOf, type Cluster } from './cluster';
import { during, type Outcome } from './outcome';
import { CommandError } from './process';
import type { Report } from './progress';
import { selects } from './selector';

const BUDGET_TIMEOUT = 10_000; // milliseconds; its controller counts the pods a moment after they are ready
const DRAIN_TIMEOUT = 60; // seconds

/** Disruption budgets that let no pod go, and pods that have two of them, which nobody can evict. */
const blockingBudgets = async (cluster: Cluster): Promise<readonly string[]> => {
  const deadline = Date.now() + BUDGET_TIMEOUT;
  for (;;) {
    const faults = await budgetFaults(cluster);
    if (faults.length === 0 || Date.now() > deadline) return faults;
    await sleep(500);
  }
};

const budgetFaults = async ({ get }: Cluster): Promise<readonly string[]> => {
  const pods = (await get<Pod>('pods')).filter(isRunning);
  const budgets = await get<Budget>('poddisruptionbudgets');
  const blocked = budgets.flatMap((budget) => {
    const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
    const count = pods.filter((pod) => covers(budget, pod)).length;
    return count === 0 || disruptionsAllowed > 0
      ? []
      : [`${nameOf(budget)} lets none of its ${count} pods go: ${currentHealthy} healthy, ${desiredHealthy} wanted`];
  });
  const shared = new Map<string, string>();
  for (const pod of pods) {
    const names = budgets.filter((budget) => covers(budget, pod)).map(nameOf);
    if (names.length > 1) shared.set(names.join(' and '), podName(pod));
  }
  return [
    ...blocked,
    ...[...shared].map(([names, pod]) => `${names} select the same pods, for example ${pod}: nobody can evict those`),
  ];
};

type Budget = PodDisruptionBudget & { readonly kind: string };

const isRunning = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status?.phase ?? '');

const covers = ({ metadata, spec }: Budget, pod: Pod): boolean =>
  metadata?.namespace === pod.metadata?.namespace && selects(spec?.selector, pod.metadata?.labels);

const podName = ({ metadata }: Pod): string => `Pod ${metadata?.namespace}/${metadata?.name}`;

/**
 * Drains a node of each kind, by their taints, the one with most pods, as an operator would, waits until everything runs elsewhere,
 * and takes the nodes back. What runs on the only node of a kind may wait for it, and what has its volume on the only one in a zone: EKS
 * makes another one there before it drains one, an operator has to.
 */
export const drains = async (cluster: Cluster, report: Report): Promise<Outcome> => {
  const blocking = await blockingBudgets(cluster);
  if (blocking.length > 0) return { faults: blocking, line: '' };
  const nodes = await cluster.get<Node>('nodes');
  const pods = await cluster.get<Pod>('pods');
  const doomed = [...new Set(nodes.map(groupOf))].map((group) => {
    const members = nodes.filter((node) => groupOf(node) === group);
    const [fullest] = members.toSorted((a, b) => podsOn(b, pods).length - podsOn(a, pods).length);
    const own = podsOn(fullest!, pods);
    const inZone = members.filter((node) => zoneOf(node) === zoneOf(fullest!));
    const others = own.some(hasVolume) ? inZone : members;
    return { name: fullest?.metadata?.name ?? '', isOnly: others.length === 1 };
  });
  const names = doomed.map(({ name }) => name);
  report(`draining ${names.join(', ')}`);
  const faults = (await Promise.all(names.map((name) => drain(cluster, name)))).flat();
  if (faults.length > 0) return { faults, line: '' };
  const only = doomed.filter(({ isOnly }) => isOnly).map(({ name }) => name);
  if (only.length > 0) await cluster.kubectl(['uncordon', ...only]);
  await during(`after draining ${names.join(', ')}`, () => awaitRecovery(cluster, report));
  await cluster.kubectl(['uncordon', ...names]);
  return { faults, line: `a node of each of ${names.length} kinds drained: everything available again` };
};

/** Nodes with the same taints take the same pods. */
const groupOf = ({ spec }: Node) =>
  (spec?.taints ?? [])
    .map(({ key, value }) => `${key}=${value}`)
    .toSorted()
    .join();

const podsOn = ({ metadata }: Node, pods: readonly Pod[]) =>
  pods.filter(({ spec }) => spec?.nodeName === metadata?.name);

const zoneOf = ({ metadata }: Node) => metadata?.labels?.['topology.kubernetes.io/zone'];

const hasVolume = ({ spec }: Pod): boolean =>
  (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined);

const drain = async (cluster: Cluster, node: string): Promise<readonly string[]> => {
  const options = ['--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${DRAIN_TIMEOUT}s`];
  try {
    await cluster.kubectl(['drain', node, ...options]);
    return [];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const told = error.output.join('\n').matchAll(/pods\/"([^"]+)" -n "([^"]+)".*disruption budget/g);
    const kept = new Set([...told].map(([, name, namespace]) => `Pod ${namespace}/${name}`));
    const pods = (await cluster.get<Pod>('pods')).filter((pod) => kept.has(podName(pod)));
    const budgets = await cluster.get<Budget>('poddisruptionbudgets');
    const holders = budgets.flatMap((budget) => {
      const held = pods.filter((pod) => covers(budget, pod)).map(podName);
      return held.length === 0 ? [] : [`Node ${node} does not drain: ${nameOf(budget)} keeps ${held.join(', ')}`];
    });
    return holders.length > 0 ? holders : [`Node ${node} does not drain: ${error.output.at(-1)}`];
  }
};
