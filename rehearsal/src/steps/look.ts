import { diff } from '../app/cdk';
import type { Cluster } from '../cluster/cluster';
import { placements } from '../cluster/placements';
import { awaitWorkloads } from '../cluster/workloads';
import type { Life } from '../state';
import type { Report } from '../report/progress';
import { exposed } from './exposure';
import { brokenReferences } from './references';
import { refuse } from './refuse';
import { openRegistry } from './registry';
import { notStored } from './stored';
import { openVault } from './vault';

/** Waits until everything runs, and finds what refers to nothing, which may be why it does not. */
export const lookAtWorkloads = async (life: Life, report: Report): Promise<void> => {
  const { endpoint, account, region } = life.own.app;
  const cluster = life.cluster!;
  const references = async () => {
    const vault = await openVault(endpoint, { account, region, cluster: life.clusterName! });
    refuse(await brokenReferences(cluster, vault, await openRegistry(endpoint, account)));
  };
  await awaitWorkloads(cluster, report).catch(async (error: Error) => {
    await references();
    throw error;
  });
  await references();
  life.placements = await placements(cluster);
  life.objects = await countObjects(cluster);
};

/** Kinds that workloads and add-ons bring, without those that the control plane makes for itself. */
const KINDS = [
  'namespaces',
  'deployments',
  'daemonsets',
  'statefulsets',
  'services',
  'persistentvolumeclaims',
  'storageclasses',
  'nodes',
];

const countObjects = async ({ get }: Cluster): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const { kind } of await get<{ kind: string }>(...KINDS)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

export const lookForStored = async (life: Life): Promise<void> => refuse(await notStored(life.cluster!));

export const compareDeployed = async (life: Life, report: Report): Promise<void> => {
  await diff(life.own.app, report);
};

export const lookForSecrets = async ({ own, folder, cluster }: Life): Promise<void> => {
  const { endpoint, account } = own.app;
  refuse(await exposed({ endpoint, account, folder, cluster, templates: own.stacks }));
};
