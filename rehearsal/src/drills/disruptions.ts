import type { Node, Pod } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { nameOf, type Cluster } from '../cluster/cluster';
import { during, type Outcome } from '../outcome';
import { settle } from '../cluster/patience';
import type { Report } from '../report/progress';
import { selects } from '../cluster/selector';
import { awaitWorkloads } from '../cluster/workloads';

/** Disruption budgets that let no pod go, and pods that have two of them, which nobody can evict. */
const blockingBudgets = async (cluster: Cluster): Promise<readonly string[]> => {
  const { found } = await settle(cluster.loops, async () => {
    const faults = await budgetFaults(cluster); // the controller counts pods a moment after they are ready
    return { found: faults, settled: faults.length === 0, state: faults };
  });
  return found;
};

const budgetFaults = async ({ get }: Cluster): Promise<readonly string[]> => {
  const pods = (await get<Pod>('pods')).filter(isRunning);
  const budgets = await get<Budget>('poddisruptionbudgets');
  const blocked = budgets.flatMap((budget) => {
    const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
    const count = pods.filter((pod) => covers(budget, pod)).length;
    return count === 0 || disruptionsAllowed > 0
      ? []
      : [
          `${nameOf(budget)} allows none of its ${count} pods to be evicted: ${currentHealthy} healthy, ${desiredHealthy} required`,
        ];
  });
  const shared = new Map<string, string>();
  for (const pod of pods) {
    const names = budgets.filter((budget) => covers(budget, pod)).map(nameOf);
    if (names.length > 1) shared.set(names.join(' and '), podName(pod));
  }
  return [
    ...blocked,
    ...[...shared].map(
      ([names, pod]) => `${names} select the same pods, for example ${pod}: Kubernetes cannot evict them`,
    ),
  ];
};

type Budget = PodDisruptionBudget & { readonly kind: string };

const isRunning = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status?.phase ?? '');

const covers = ({ metadata, spec }: Budget, pod: Pod): boolean =>
  metadata?.namespace === pod.metadata?.namespace && selects(spec?.selector, pod.metadata?.labels);

const podName = ({ metadata }: Pod): string => `Pod ${metadata?.namespace}/${metadata?.name}`;

/**
 * Drains a node of each kind, by their taints, the one with most pods, as `kubectl drain` does, waits until everything runs elsewhere,
 * and restores the nodes. Pods on the only node of a kind may wait for it, and so may those with a volume on the only one in a zone: EKS
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
  await cordon(cluster, names, true);
  const faults = await drain(cluster, names);
  if (faults.length > 0) return { faults, line: '' };
  const only = doomed.filter(({ isOnly }) => isOnly).map(({ name }) => name);
  await cordon(cluster, only, false);
  await during(`after draining ${names.join(', ')}`, () => awaitWorkloads(cluster, report));
  await cordon(cluster, names, false);
  await awaitWorkloads(cluster, report);
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

/** Lets nodes take no more pods, or take some again. */
const cordon = ({ patch }: Cluster, nodes: readonly string[], unschedulable: boolean) =>
  Promise.all(nodes.map((node) => patch(`/api/v1/nodes/${node}`, { spec: { unschedulable } })));

/** Evicts the pods of nodes, but for those of DaemonSets, and says what keeps one that stays. */
const drain = async (cluster: Cluster, nodes: readonly string[]): Promise<readonly string[]> => {
  const { found, settled } = await settle(cluster.loops, async () => {
    const all = await cluster.get<Pod>('pods');
    const left = all.filter(({ metadata, spec }) => nodes.includes(spec?.nodeName ?? '') && !isDaemon(metadata));
    const orphans = left.filter(({ metadata }) => controller(metadata) === undefined);
    const told = orphans.length > 0 ? [] : await Promise.all(left.map((pod) => evict(cluster, pod)));
    return {
      found: { orphans, left, kept: left.filter((_, index) => told[index]?.status !== 201), told },
      settled: left.length === 0,
      lost: orphans.length > 0,
      state: all.map(({ metadata, status }) => [metadata?.uid, metadata?.deletionTimestamp, status?.conditions]),
    };
  });
  if (settled) return [];
  const { orphans, left, kept, told } = found;
  if (orphans.length > 0)
    return orphans.map((pod) => `Node ${pod.spec?.nodeName} does not drain: ${podName(pod)} has no controller`);
  const budgets = await cluster.get<Budget>('poddisruptionbudgets');
  const faults = nodes.flatMap((node) =>
    budgets.flatMap((budget) => {
      const held = kept.filter((pod) => pod.spec?.nodeName === node && covers(budget, pod)).map(podName);
      return held.length === 0 ? [] : [`Node ${node} does not drain: ${nameOf(budget)} keeps ${held.join(', ')}`];
    }),
  );
  const messages = [...new Set(told.map(({ body }) => body.message ?? ''))];
  return faults.length > 0 ? faults : [`Nodes do not drain: ${left.map(podName).join(', ')}: ${messages.join('; ')}`];
};

const controller = (metadata: Pod['metadata']) => metadata?.ownerReferences?.find((owner) => owner.controller);

const isDaemon = (metadata: Pod['metadata']) => controller(metadata)?.kind === 'DaemonSet';

/** Asks for the eviction of a pod, which its budget may refuse for now. */
const evict = ({ send }: Cluster, { metadata }: Pod) =>
  send('POST', `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/eviction`, {
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace: metadata?.namespace, name: metadata?.name },
    },
  });
