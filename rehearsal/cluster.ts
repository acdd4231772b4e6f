import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { Event, Node, Pod } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { run } from './process';
import type { Report } from './progress';

const ROLLOUT_TIMEOUT = 120_000; // milliseconds; pods start at once here, so only what hangs takes longer

/** The Kubernetes API of a rehearsed cluster, as its administrator sees it. */
export interface Cluster {
  /** `kubectl get … -o json`, its items. */
  readonly get: <T>(...resources: readonly string[]) => Promise<readonly T[]>;
  readonly kubectl: (args: readonly string[]) => Promise<string>;
}

export const connect = (kubectl: string, kubeconfig: string, signal: AbortSignal): Cluster => {
  const execute = (args: readonly string[]) => run(kubectl, [`--kubeconfig=${kubeconfig}`, ...args], { signal });
  return {
    kubectl: execute,
    get: async (...resources) => JSON.parse(await execute(['get', resources.join(','), '-A', '-o', 'json'])).items,
  };
};

export type Workload = (Deployment | StatefulSet | DaemonSet) & { readonly kind: string };

/** `Deployment platform-core/api-gateway`. */
export const nameOf = ({ kind, metadata }: { readonly kind?: string; readonly metadata?: ObjectMeta }): string =>
  `${kind} ${metadata?.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata?.name}`;

/** Waits until every workload runs all of its pods; else throws, naming each that does not and what keeps its pods. */
export const awaitWorkloads = async ({ get }: Cluster, report: Report): Promise<void> => {
  const deadline = Date.now() + ROLLOUT_TIMEOUT;
  for (;;) {
    const unavailable = (await get<Workload>('deployments', 'statefulsets', 'daemonsets')).filter(
      (each) => !available(each),
    );
    if (unavailable.length === 0) return;
    report(`waiting for ${unavailable.map(nameOf).join(', ')}`);
    if (Date.now() > deadline || (await hopeless(get))) {
      const events = await get<Event>('events');
      const reasons = unavailable.map((workload) => [
        `${nameOf(workload)} is not available:`,
        ...why(workload, events),
      ]);
      throw new Error(reasons.map((lines) => lines.join('\n    ')).join('\n  '));
    }
    await sleep(1000);
  }
};

/** Whether the scheduler has given up on a pod: nothing here adds nodes, so waiting does not help. */
const hopeless = async (get: Cluster['get']) =>
  (await get<Pod>('pods')).some(({ metadata, status }) => {
    const age = Date.now() - Date.parse(String(metadata?.creationTimestamp));
    return (
      age > 15_000 &&
      status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable')
    );
  });

const available = (workload: Workload): boolean => {
  const { kind, metadata } = workload;
  if (workload.status?.observedGeneration !== metadata?.generation) return false;
  if (kind === 'DaemonSet') {
    const { numberAvailable = 0, desiredNumberScheduled } = (workload as DaemonSet).status ?? {};
    return numberAvailable === desiredNumberScheduled;
  }
  const { spec, status } = workload as Deployment;
  const wanted = spec?.replicas ?? 1;
  return (status?.availableReplicas ?? 0) === wanted && (status?.updatedReplicas ?? 0) === wanted;
};

/** The warnings about a workload, its replica sets and its pods: their names begin with its own. */
const why = ({ metadata }: Workload, events: readonly Event[]) => {
  const messages = events
    .filter(({ type, involvedObject }) => type === 'Warning' && involvedObject.namespace === metadata?.namespace)
    .filter(({ involvedObject }) => involvedObject.name?.startsWith(String(metadata?.name)))
    .map(({ involvedObject, message }) => `${involvedObject.kind} ${involvedObject.name}: ${message}`);
  return messages.length > 0 ? [...new Set(messages)] : ['no event says why'];
};

/** Where the pods of a workload run: `application: 1a 2, 1b 2, 1c 1`. */
export interface Placement {
  readonly workload: string;
  readonly pods: number;
  /** Pods for each node group and zone. */
  readonly nodes: ReadonlyMap<string, number>;
}

/** Where every pod runs, by workload. Throws when a workload that asks to be spread over zones is not. */
export const placements = async ({ get }: Cluster): Promise<readonly Placement[]> => {
  const nodes = new Map((await get<Node>('nodes')).map((node) => [node.metadata?.name, node.metadata?.labels ?? {}]));
  const pods = await get<Pod>('pods');
  const workloads = await get<Workload>('deployments', 'statefulsets', 'daemonsets');

  const uneven: string[] = [];
  const placed = workloads.map((workload) => {
    const selector = Object.entries(workload.spec?.selector.matchLabels ?? {});
    const own = pods.filter(
      ({ metadata }) =>
        metadata?.namespace === workload.metadata?.namespace &&
        selector.every(([key, value]) => metadata?.labels?.[key] === value),
    );
    const where = own.map((pod) => nodes.get(pod.spec?.nodeName) ?? {});
    const constraint = workload.spec?.template.spec?.topologySpreadConstraints?.find(
      ({ topologyKey }) => topologyKey === ZONE,
    );
    if (constraint) {
      const wanted = Object.entries(workload.spec?.template.spec?.nodeSelector ?? {});
      const eligible = [...nodes.values()].filter((labels) => wanted.every(([key, value]) => labels[key] === value));
      const counts = [...new Set(eligible.map((labels) => labels[ZONE]))].map(
        (zone) => where.filter((labels) => labels[ZONE] === zone).length,
      );
      if (Math.max(...counts) - Math.min(...counts) > constraint.maxSkew)
        uneven.push(
          `${nameOf(workload)} has ${counts.join(', ')} pods in the zones: it asks for a skew of ${constraint.maxSkew}`,
        );
    }
    const tally = new Map<string, number>();
    for (const labels of where) {
      const place = `${labels['node-type']} ${labels[ZONE]}`;
      tally.set(place, (tally.get(place) ?? 0) + 1);
    }
    return { workload: nameOf(workload), pods: own.length, nodes: tally };
  });
  if (uneven.length > 0) throw new Error(uneven.join('\n  '));
  return placed;
};

const ZONE = 'topology.kubernetes.io/zone';
