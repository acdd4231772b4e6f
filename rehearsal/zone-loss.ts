import type { Node, Pod } from 'kubernetes-types/core/v1';
import { awaitRecovery, placements, type Cluster } from './cluster';
import type { Emulator } from './emulator';
import { during, type Outcome } from './outcome';
import type { Report } from './progress';

const ZONE = 'topology.kubernetes.io/zone';

/** Loses the zone with most pods, waits until everything runs and is spread over the others, and restores it. */
export const zoneLoss = async (
  cluster: Cluster,
  { loseZone, restoreZone }: Pick<Emulator, 'loseZone' | 'restoreZone'>,
  report: Report,
): Promise<Outcome> => {
  const zone = await fullestZone(cluster);
  if (zone === undefined) return { faults: [], line: 'none lost: all nodes are in one' };
  report(`losing ${zone}`);
  const started = performance.now();
  await during(`after the loss of the zone ${zone}`, async () => {
    await loseZone(zone);
    await awaitRecovery(cluster, report);
    await placements(cluster);
  });
  const seconds = (performance.now() - started) / 1000;
  const { length: count } = await cluster.get<Node>('nodes');
  await restoreZone(zone);
  await awaitRecovery(cluster, report);
  return {
    faults: [],
    line: `${zone} lost: everything available again after ${seconds.toFixed(0)} s on ${count} node${count === 1 ? '' : 's'}`,
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
