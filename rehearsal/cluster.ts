import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { Event, Node, Pod } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { run } from './process';
import type { Report } from './progress';

const ROLLOUT_TIMEOUT = 120_000; // milliseconds; pods start at once here, so only what hangs takes longer
const NOTICE = 1000; // milliseconds

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

export type Workload = (Deployment | StatefulSet | DaemonSet | Job) & { readonly kind: string };

/** What brings pods and has to settle. */
export const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'jobs'];

/** `Deployment platform-core/api-gateway`. */
export const nameOf = ({ kind, metadata }: { readonly kind?: string; readonly metadata?: ObjectMeta }): string =>
  `${kind} ${metadata?.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata?.name}`;

/**
 * Waits until every workload runs all of its pods, every Job is complete and every claim has its volume; else throws, naming
 * each that does not and what keeps it. Some may be left out, by name.
 */
export const awaitWorkloads = async (
  cluster: Cluster,
  report: Report,
  without: readonly string[] = [],
): Promise<void> => {
  const deadline = Date.now() + ROLLOUT_TIMEOUT;
  for (;;) {
    const waiting = (await unsettled(cluster)).filter(({ object }) => !without.includes(object));
    if (waiting.length === 0) return;
    report(`waiting for ${waiting.map(({ name }) => name).join(', ')}`);
    const lost = waiting.filter(({ hopeless }) => hopeless);
    if (lost.length > 0 || Date.now() > deadline) {
      const named = lost.length > 0 ? lost : waiting;
      throw new Error(named.map(({ name, reasons }) => [`${name}:`, ...reasons].join('\n    ')).join('\n  '));
    }
    await sleep(1000);
  }
};

/** Waits as above after a disturbance, which controllers notice a moment later. */
export const awaitRecovery = async (
  cluster: Cluster,
  report: Report,
  without: readonly string[] = [],
): Promise<void> => {
  await sleep(NOTICE);
  await awaitWorkloads(cluster, report, without);
};

/** Something that is not as it should be yet. */
interface Unsettled {
  readonly object: string;
  /** The object, and what is wrong with it. */
  readonly name: string;
  /** What keeps it, if anything says so. */
  readonly reasons: readonly string[];
  /** Whether waiting does not help: no node has come for a while, and nothing here mends an object. */
  readonly hopeless: boolean;
}

const AUTOSCALERS = 'horizontalpodautoscalers';

const unsettled = async ({ get }: Cluster): Promise<readonly Unsettled[]> => {
  const objects = await get<Held>(...WORKLOADS, 'replicasets', 'pods', 'persistentvolumeclaims', AUTOSCALERS, 'nodes');
  const nodesCome = objects.some((object) => object.kind === 'Node' && isYoung(object));
  const events = await get<Event>('events');
  const owned = (owner: Held): readonly Held[] => {
    const children = objects.filter(({ metadata }) =>
      metadata?.ownerReferences?.some(({ uid }) => uid === owner.metadata?.uid),
    );
    return children.flatMap((child) => [child, ...owned(child)]);
  };
  return objects.flatMap((object) => {
    const problem = problemOf(object);
    if (problem === undefined) return [];
    const family = [object, ...owned(object)];
    const uids = new Set(family.map(({ metadata }) => metadata?.uid));
    const messages = events
      .filter(({ type, involvedObject }) => type === 'Warning' && uids.has(involvedObject.uid))
      .map(({ message = '' }) => message.replaceAll(/pods? "[^"]*"/g, 'its pod'));
    const reasons = [...new Set([...messages, ...family.flatMap(gateReasons)])];
    return {
      object: nameOf(object),
      name: `${nameOf(object)} ${problem}`,
      reasons: reasons.length > 0 ? reasons : ['no event says why'],
      hopeless: !nodesCome && family.some(isHopeless),
    };
  });
};

/** Any object of the kinds above. */
interface Held {
  readonly kind: string;
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly replicas?: number;
    readonly minReplicas?: number;
    readonly suspend?: boolean;
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly phase?: string;
    readonly numberAvailable?: number;
    readonly desiredNumberScheduled?: number;
    readonly availableReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentReplicas?: number;
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** The readiness gates that a running pod has not passed, each with its condition, if something has set it. */
const closedGates = ({ spec, status = {} }: Held) =>
  (status.phase === 'Running' ? (spec?.readinessGates ?? []) : [])
    .map(({ conditionType: gate }) => ({ gate, condition: status.conditions?.find(({ type }) => type === gate) }))
    .filter(({ condition }) => condition?.status !== 'True');

const gateReasons = (object: Held): readonly string[] =>
  closedGates(object).map(
    ({ gate, condition }) => `its pod waits for ${gate}: ${condition?.message ?? 'nothing has looked at it'}`,
  );

/** What an object lacks, or undefined when it is as it should be. What has an owner is its owner's affair. */
const problemOf = ({ kind, metadata, spec, status = {} }: Held): string | undefined => {
  const has = (type: string) => status.conditions?.some((each) => each.type === type && each.status === 'True');
  const unavailable = 'is not available';
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const { replicas = 1 } = spec ?? {};
      const current = status.observedGeneration === metadata?.generation;
      const { availableReplicas = 0, updatedReplicas = 0 } = status;
      return current && availableReplicas === replicas && updatedReplicas === replicas ? undefined : unavailable;
    }
    case 'DaemonSet': {
      const { numberAvailable = 0, desiredNumberScheduled = 0, observedGeneration } = status;
      if (observedGeneration !== metadata?.generation) return unavailable;
      if (desiredNumberScheduled === 0) return 'runs on no node: it tolerates the taint of none, or selects none';
      return numberAvailable === desiredNumberScheduled ? undefined : unavailable;
    }
    case 'Job':
      return has('Complete') || spec?.suspend ? undefined : 'does not complete';
    case 'Pod':
      return metadata?.ownerReferences || status.phase === 'Succeeded' || has('Ready') ? undefined : 'is not ready';
    case 'HorizontalPodAutoscaler':
      return (status.currentReplicas ?? 0) >= (spec?.minReplicas ?? 1) ? undefined : 'has not reached its minimum';
    case 'PersistentVolumeClaim':
      return status.phase === 'Bound' ? undefined : 'has no volume';
    default:
      return undefined;
  }
};

const PATIENCE = 10_000; // milliseconds

/** Whether the scheduler, admission, a Job or what opens a readiness gate has given up on an object. */
const isHopeless = (object: Held) =>
  (!isYoung(object) &&
    (object.status?.conditions ?? []).some(
      ({ type, status, reason }) =>
        (type === 'PodScheduled' && reason === 'Unschedulable') ||
        ((type === 'ReplicaFailure' || (object.kind === 'Job' && type === 'Failed')) && status === 'True'),
    )) ||
  closedGates(object).some(({ condition }) => condition && !isRecent(condition.lastTransitionTime));

const isYoung = ({ metadata }: Held) => isRecent(metadata?.creationTimestamp);

const isRecent = (time: unknown) => Date.now() - Date.parse(String(time)) <= PATIENCE;

/** Where the pods of a workload run: `application: 1a 2, 1b 2, 1c 1`. */
export interface Placement {
  readonly workload: string;
  readonly pods: number;
  /** Pods for each node group and zone. */
  readonly nodes: ReadonlyMap<string, number>;
}

/** Where every pod runs, by workload. Throws when a workload is less spread over zones than it asks for, or not at all. */
export const placements = async ({ get }: Cluster): Promise<readonly Placement[]> => {
  const nodes = new Map((await get<Node>('nodes')).map((node) => [node.metadata?.name, node.metadata?.labels ?? {}]));
  const pods = await get<Pod>('pods');
  const workloads = await get<Workload>(...WORKLOADS);

  const uneven: string[] = [];
  const placed = workloads.map((workload) => {
    const selector = Object.entries(workload.spec?.selector?.matchLabels ?? {});
    const own = pods.filter(
      ({ metadata }) =>
        metadata?.namespace === workload.metadata?.namespace &&
        selector.every(([key, value]) => metadata?.labels?.[key] === value),
    );
    const where = own.map((pod) => nodes.get(pod.spec?.nodeName) ?? {});
    const wanted = Object.entries(workload.spec?.template.spec?.nodeSelector ?? {});
    const eligible = [...nodes.values()].filter((labels) => wanted.every(([key, value]) => labels[key] === value));
    const zones = [...new Set(eligible.map((labels) => labels[ZONE]))];
    uneven.push(
      ...unevenness(
        workload,
        zones.map((zone) => where.filter((labels) => labels[ZONE] === zone).length),
      ),
    );
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

/** What is wrong with the number of a workload's pods in each zone that could have some. */
const unevenness = (workload: Workload, counts: readonly number[]): readonly string[] => {
  const name = nameOf(workload);
  const pods = counts.reduce((sum, count) => sum + count, 0);
  const used = counts.filter((count) => count > 0).length;
  const skew = workload.spec?.template.spec?.topologySpreadConstraints?.find(
    ({ topologyKey, whenUnsatisfiable }) => topologyKey === ZONE && whenUnsatisfiable === 'DoNotSchedule',
  )?.maxSkew;
  const isInOneZone = workload.kind !== 'Job' && pods > 1 && counts.length > 1 && used === 1;
  const isSkewed = skew !== undefined && Math.max(...counts) - Math.min(...counts) > skew;
  return [
    ...(isInOneZone ? [`${name} has its ${pods} pods in one zone: it does not survive the loss of it`] : []),
    ...(isSkewed ? [`${name} has ${counts.join(', ')} pods in the zones: it asks for a skew of ${skew}`] : []),
  ];
};

const ZONE = 'topology.kubernetes.io/zone';
