import type { Node, Pod } from 'kubernetes-types/core/v1';
import { nameOf, type Cluster } from './cluster';
import { WORKLOADS, type Workload } from './workloads';

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
        metadata?.deletionTimestamp === undefined &&
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
      const group = labels['node-type'] ?? labels['eks.amazonaws.com/nodegroup'] ?? 'a node';
      const place = `${group} ${labels[ZONE]}`;
      tally.set(place, (tally.get(place) ?? 0) + 1);
    }
    return { workload: nameOf(workload), pods: own.length, nodes: tally };
  });
  if (uneven.length > 0) throw new Error(uneven.join('\n  '));
  return placed;
};

/** Problems with the number of a workload's pods in each zone that could have some. */
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
    ...(isInOneZone
      ? [`${name} runs all its ${pods} pods in one zone: it does not survive the loss of that zone`]
      : []),
    ...(isSkewed ? [`${name} has ${counts.join(', ')} pods in the zones, but allows a skew of ${skew}`] : []),
  ];
};

const ZONE = 'topology.kubernetes.io/zone';
