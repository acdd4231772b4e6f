import { assembledStacks, synthesize, type AssembledStack } from '../app/cdk';
import { bootstrap } from '../app/bootstrap';
import { announceBinaries, kubernetesBinaries } from '../cluster/kubernetes-binaries';
import { prepareAccounts } from '../emulator/account';
import { startEmulator } from '../emulator/emulator';
import { pythonEnvironment } from '../emulator/python-environment';
import type { Life } from '../state';
import type { Report } from '../report/progress';
import { join } from 'node:path';
import { createRoles, createZones, importedZones } from './operator';

/** Synthesizes the app, and the one before it; Kubernetes is fetched or built from now on, beside the steps. */
export const synthesizeApps = async (life: Life, report: Report): Promise<void> => {
  if (life.earlier) {
    await synthesize(life.earlier.app, report);
    life.earlierStacks = await assembledStacks(life.earlier.app.output);
  }
  await synthesize(life.own.app, report);
  life.stacks = await assembledStacks(life.own.app.output);
  if (life.stacks.length === 0) throw new Error('the app has no stack at its top level: there is nothing to rehearse');
  fetchKubernetes(life);
};

const hasCluster = ({ template }: AssembledStack): boolean =>
  Object.values(template.Resources ?? {}).some(({ Type }) => Type === 'AWS::EKS::Cluster');

/** Stacks that need no cluster deploy meanwhile. */
const fetchKubernetes = (life: Life): void => {
  const { emulation, signal, steps } = life;
  const binaries = [...life.stacks, ...life.earlierStacks].some(hasCluster)
    ? steps.beside('Kubernetes', (report) =>
        kubernetesBinaries(life.props.kubernetes, report, signal).catch((error: Error) => {
          emulation.abort(error);
          throw error;
        }),
      )
    : Promise.reject(
        new Error('no stack of the app had a cluster when the rehearsal began, so there is no Kubernetes'),
      );
  life.announced = announceBinaries(life.folder, binaries).catch((error: Error) => emulation.abort(error));
};

export const findPython = async (life: Life, report: Report): Promise<void> => {
  life.python = await pythonEnvironment(report, life.signal);
};

export const startAws = async (life: Life): Promise<void> => {
  const { python, folder, signal, emulation, props } = life;
  life.emulator = await startEmulator({
    python,
    folder,
    charts: join(life.project, 'rehearsal', 'charts'),
    seed: props.seed,
    signal,
    onEnd: (error) => emulation.abort(error),
  });
};

/** Bootstraps the accounts, and makes what exists there before any deployment. */
export const bootstrapAccounts = async (life: Life, report: Report): Promise<void> => {
  const { endpoint } = life.aws;
  const all = [...life.earlierStacks, ...life.stacks];
  await bootstrap(life.own.app, all, report);
  life.provided.push(...(await createRoles(endpoint, all)), ...(await prepareAccounts(endpoint, all)));
  life.provided.push(...(await createZones(endpoint, importedZones(all))));
  life.before = await life.aws.holdings();
};
