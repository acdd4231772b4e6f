import type { Node, PersistentVolume, Pod } from 'kubernetes-types/core/v1';
import { nameOf, type Cluster } from '../cluster/cluster';
import type { Emulator } from '../emulator/emulator';
import { during, type Outcome } from '../outcome';
import { placements } from '../cluster/placements';
import type { Report } from '../report/progress';
import { awaitWorkloads, type Workload } from '../cluster/workloads';

const ZONE = 'topology.kubernetes.io/zone';

/**
 * Loses the zone with most pods, waits until everything runs and is spread over the others, and restores it. A pod with a volume in
 * the zone can run nowhere else: the report names it, and it has to run when the zone is back.
 */
export const zoneLoss = async (
  cluster: Cluster,
  { loseZone, restoreZone }: Pick<Emulator, 'loseZone' | 'restoreZone'>,
  report: Report,
): Promise<Outcome> => {
  const zone = await fullestZone(cluster);
  if (zone === undefined) return { faults: [], line: 'no zone lost: all nodes are in one' };
  report(`losing ${zone}`);
  const tied = await tiedTo(zone, cluster);
  const started = performance.now();
  await during(`after the loss of the zone ${zone}`, async () => {
    await loseZone(zone);
    await awaitWorkloads(cluster, report, tied);
    await placements(cluster);
  });
  const seconds = (performance.now() - started) / 1000;
  const { length: count } = await cluster.get<Node>('nodes');
  await restoreZone(zone);
  await awaitWorkloads(cluster, report);
  return {
    faults: [],
    line: `${zone} lost: everything available again after ${seconds.toFixed(0)} s on ${count} node${count === 1 ? '' : 's'}${
      tied.length > 0 ? `, except for workloads with a volume there: ${tied.join(', ')}` : ''
    }`,
  };
};

/** The zone in which most pods run, if there is another one. */
const fullestZone = async ({ get }: Cluster): Promise<string | undefined> => {
  const zones = new Map((await get<Node>('nodes')).map(({ metadata }) => [metadata?.name, metadata?.labels?.[ZONE]]));
  const pods = await get<Pod>('pods');
  const inZone = (zone: string | undefined) => pods.filter(({ spec }) => zones.get(spec?.nodeName) === zone).length;
  const used = [...new Set(zones.values())].toSorted((a, b) => inZone(b) - inZone(a));
  return used.length < 2 ? undefined : used[0];
};

/** Names of the workloads with a pod that mounts a volume of the zone. */
const tiedTo = async (zone: string, { get }: Cluster): Promise<readonly string[]> => {
  const volumes = (await get<PersistentVolume>('persistentvolumes')).filter(({ spec }) =>
    (spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).some(({ matchExpressions = [] }) =>
      matchExpressions.some(({ key, values }) => key === ZONE && values?.includes(zone)),
    ),
  );
  const claims = new Set(volumes.map(({ spec }) => `${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`));
  const pods = (await get<Pod>('pods')).filter(({ metadata, spec }) =>
    (spec?.volumes ?? []).some(({ persistentVolumeClaim: claim }) =>
      claims.has(`${metadata?.namespace}/${claim?.claimName}`),
    ),
  );
  return (await get<Workload>('deployments', 'statefulsets'))
    .filter(({ metadata, spec }) =>
      pods.some(
        (pod) =>
          pod.metadata?.namespace === metadata?.namespace &&
          Object.entries(spec?.selector?.matchLabels ?? {}).every(
            ([label, value]) => pod.metadata?.labels?.[label] === value,
          ),
      ),
    )
    .map(nameOf);
};
