import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { Event } from 'kubernetes-types/core/v1';
import { nameOf, type Cluster, type ClusterObject } from './cluster';
import { settle } from './patience';
import type { Report } from '../report/progress';

export type Workload = (Deployment | StatefulSet | DaemonSet | Job) & { readonly kind: string };

/** Kinds of objects that bring pods and have to settle. */
export const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'jobs'];

/** All that a wait for workloads looks at. */
const WATCHED = [
  ...WORKLOADS,
  'replicasets',
  'pods',
  'persistentvolumeclaims',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'resourcequotas',
  'nodes',
];

/**
 * Waits until every workload runs all of its pods, every Job is complete, every claim has its volume and every node that is not
 * cordoned takes pods. Throws when a Job has failed, or when nothing changes any longer, and names each that is not as it should be and
 * what keeps it. Some may be left out, by name.
 */
export const awaitWorkloads = async (
  cluster: Cluster,
  report: Report,
  without: readonly string[] = [],
): Promise<void> => {
  const followed = await cluster.follow<WatchedObject>(...WATCHED);
  try {
    await awaitThose(cluster, followed.objects, report, without);
  } finally {
    followed.end();
  }
};

const awaitThose = async (
  cluster: Cluster,
  look: () => Promise<readonly WatchedObject[]>,
  report: Report,
  without: readonly string[],
): Promise<void> => {
  let triedIn: string | undefined;
  const { found, settled } = await settle(cluster.loops, async () => {
    const objects = await look();
    const children = byOwner(objects);
    const waiting = objects
      .map((object) => ({ object, problem: problemOf(object, descendants(object, children)) }))
      .filter(({ object, problem }) => problem !== undefined && !without.includes(nameOf(object)));
    if (waiting.length > 0) report(`waiting for ${waiting.map(({ object }) => nameOf(object)).join(', ')}`);
    const state = JSON.stringify(objects.map(stateOf));
    const refused = objects.filter(isRefused);
    if (refused.length > 0 && state !== triedIn) {
      triedIn = state;
      await Promise.all(refused.map((object) => tryAgain(cluster, object)));
    }
    return {
      found: { waiting, children },
      settled: waiting.length === 0,
      lost: waiting.some(({ object }) => hasFailed(object)),
      putOff: waiting.some(({ object }) => isPutOff(object)),
      state,
    };
  });
  if (settled) return;
  const events = await cluster.get<Event>('events');
  const lost = found.waiting.filter(({ object }) => hasFailed(object));
  const named = (lost.length > 0 ? lost : found.waiting).map(({ object, problem }) => {
    const family = [object, ...descendants(object, found.children)];
    return [`${nameOf(object)} ${problem}:`, ...reasons(family, events)].join('\n    ');
  });
  throw new Error(named.join('\n  '));
};

/** Why something is not as it should be, as events and readiness gates tell. */
const reasons = (family: readonly WatchedObject[], events: readonly Event[]): readonly string[] => {
  const uids = new Set(family.map(({ metadata }) => metadata?.uid));
  const told = events
    .filter(
      ({ type, reason, involvedObject }) =>
        (type === 'Warning' || reason === 'NotTriggerScaleUp') && uids.has(involvedObject.uid),
    )
    .map(({ message = '' }) => message.replaceAll(/pods? "[^"]*"/g, 'its pod'));
  const all = [...new Set([...told, ...family.flatMap(gateReasons)])];
  return all.length > 0 ? all : ['no event says why'];
};

/** Any object of the kinds above. */
interface WatchedObject extends ClusterObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly minReplicas?: number;
    readonly suspend?: boolean;
    readonly nodeName?: string;
    readonly taints?: readonly { readonly key: string }[];
    readonly unschedulable?: boolean;
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly phase?: string;
    readonly desiredNumberScheduled?: number;
    readonly availableReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentReplicas?: number;
    readonly disruptionsAllowed?: number;
    readonly used?: object;
    readonly active?: number;
    readonly failed?: number;
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

type Children = ReadonlyMap<string, readonly WatchedObject[]>;

const byOwner = (objects: readonly WatchedObject[]): Children => {
  const children = new Map<string, WatchedObject[]>();
  for (const object of objects)
    for (const { uid } of object.metadata?.ownerReferences ?? []) {
      const siblings = children.get(uid) ?? [];
      siblings.push(object);
      children.set(uid, siblings);
    }
  return children;
};

const descendants = ({ metadata }: WatchedObject, children: Children): readonly WatchedObject[] =>
  (children.get(metadata?.uid ?? '') ?? []).flatMap((child) => [child, ...descendants(child, children)]);

/** The fields of an object that change as long as something goes on; heartbeats, counts of events and messages are left out. */
const stateOf = ({ kind, metadata, spec, status = {} }: WatchedObject): unknown => [
  kind,
  metadata?.uid ?? metadata?.name,
  metadata?.generation,
  metadata?.deletionTimestamp,
  spec?.nodeName,
  spec?.taints,
  status.observedGeneration,
  status.phase,
  status.desiredNumberScheduled,
  status.availableReplicas,
  status.updatedReplicas,
  status.currentReplicas,
  status.disruptionsAllowed,
  status.used,
  status.active,
  status.failed,
  (status.conditions ?? []).map(({ type, status: value, reason }) => [type, value, reason]),
];

/** Whether admission refuses the pods of a ReplicaSet. */
const isRefused = ({ kind, status }: WatchedObject): boolean =>
  kind === 'ReplicaSet' &&
  (status?.conditions ?? []).some((each) => each.type === 'ReplicaFailure' && each.status === 'True');

/** Has the controller of a refused ReplicaSet try again now: by itself it waits longer after each refusal. */
const tryAgain = ({ send }: Cluster, { metadata }: WatchedObject) =>
  send('PATCH', `/apis/apps/v1/namespaces/${metadata?.namespace}/replicasets/${metadata?.name}`, {
    type: 'application/merge-patch+json',
    body: { metadata: { annotations: { 'rehearsal/tried-again': metadata?.resourceVersion } } },
  });

/** The readiness gates that a running pod has not passed, each with its condition, if something has set it. */
const closedGates = ({ spec, status = {} }: WatchedObject) =>
  (status.phase === 'Running' ? (spec?.readinessGates ?? []) : [])
    .map(({ conditionType: gate }) => ({ gate, condition: status.conditions?.find(({ type }) => type === gate) }))
    .filter(({ condition }) => condition?.status !== 'True');

const gateReasons = (object: WatchedObject): readonly string[] =>
  closedGates(object).map(
    ({ gate, condition }) => `its pod waits for ${gate}: ${condition?.message ?? 'nothing has set it yet'}`,
  );

const has = ({ status }: WatchedObject, type: string): boolean =>
  (status?.conditions ?? []).some((each) => each.type === type && each.status === 'True');

/** Whether a Job has given up, which it never takes back. */
const hasFailed = (object: WatchedObject): boolean => object.kind === 'Job' && has(object, 'Failed');

/** Whether a node is ready, and the control plane keeps no pods from it, as it does for a moment after a change. */
const takesPods = (node: WatchedObject): boolean =>
  has(node, 'Ready') && !(node.spec?.taints ?? []).some(({ key }) => key.startsWith('node.kubernetes.io/'));

/** Whether a Job has pods that failed, and waits before it makes the next one. */
const isPutOff = (object: WatchedObject): boolean =>
  object.kind === 'Job' &&
  !hasFailed(object) &&
  !object.spec?.suspend &&
  (object.status?.failed ?? 0) > 0 &&
  (object.status?.active ?? 0) === 0;

/**
 * The fault of an object, or undefined if it has none. An object with an owner is the owner's affair. Pods are counted
 * themselves: a controller counts them a moment after they are gone.
 */
const problemOf = (object: WatchedObject, family: readonly WatchedObject[]): string | undefined => {
  const { kind, metadata, spec, status = {} } = object;
  const current = status.observedGeneration === metadata?.generation;
  const ready = family.filter(
    (each) => each.kind === 'Pod' && has(each, 'Ready') && each.metadata?.deletionTimestamp === undefined,
  ).length;
  const unavailable = 'is not available';
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const { replicas = 1 } = spec ?? {};
      const { availableReplicas = 0, updatedReplicas = 0 } = status;
      const counts = [availableReplicas, updatedReplicas, ready];
      return current && counts.every((count) => count === replicas) ? undefined : unavailable;
    }
    case 'DaemonSet': {
      if (!current) return unavailable;
      const { desiredNumberScheduled = 0 } = status;
      if (desiredNumberScheduled === 0) return 'runs on no node: it tolerates the taints of none, or selects none';
      return ready === desiredNumberScheduled ? undefined : unavailable;
    }
    case 'Job':
      return has(object, 'Complete') || spec?.suspend ? undefined : 'does not complete';
    case 'Pod':
      return metadata?.ownerReferences || status.phase === 'Succeeded' || has(object, 'Ready')
        ? undefined
        : 'is not ready';
    case 'HorizontalPodAutoscaler':
      return (status.currentReplicas ?? 0) >= (spec?.minReplicas ?? 1) ? undefined : 'has not reached its minimum';
    case 'Node':
      return spec?.unschedulable || takesPods(object) ? undefined : 'accepts no pods';
    case 'PersistentVolumeClaim':
      return status.phase === 'Bound' ? undefined : 'has no volume';
    default:
      return undefined;
  }
};
