import { diff, type CdkProps } from '../../rehearsal/src/app/cdk';
import { nameOf, type Cluster, type ClusterObject } from '../../rehearsal/src/cluster/cluster';
import { awaitWorkloads } from '../../rehearsal/src/cluster/workloads';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { differences } from '../../rehearsal/src/steps/stored';

/** Objects that end by themselves, and then may be gone. */
const ENDS = 'Job';

/** Applied objects that the cluster lacks, or has otherwise than CloudFormation believes. */
const unlike = async ({ get, resources }: Cluster, { manifests }: Emulator): Promise<readonly string[]> => {
  const live = new Map((await get<ClusterObject>(...(await resources()))).map((object) => [nameOf(object), object]));
  return (await manifests()).flatMap(({ stack, objects }) =>
    objects
      .filter(({ kind }) => kind !== ENDS)
      .flatMap((object) => {
        const there = live.get(nameOf(object));
        if (there === undefined) return [`${nameOf(object)} of ${stack} is not in the cluster`];
        const [first] = differences(object, { apiVersion: object.apiVersion, ...there }); // most items of lists leave it out
        return first ? [`${nameOf(object)} of ${stack} has another ${first.path} than it was applied with`] : [];
      }),
  );
};

const told = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  try {
    await work();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
};

/** Differences from the wanted state: stacks that differ from the app, and objects of the cluster. */
export const notWanted = async (app: CdkProps, cluster: Cluster, emulator: Emulator): Promise<readonly string[]> => [
  ...(await told(() => diff(app, () => {}))),
  ...(await unlike(cluster, emulator)),
];

/** Pods that do not run, once nothing changes any longer. */
export const notRunning = (cluster: Cluster): Promise<readonly string[]> =>
  told(() => awaitWorkloads(cluster, () => {}));
