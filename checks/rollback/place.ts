import { cpSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { assembledStacks, credentials, synthesize, type CdkProps } from '../../rehearsal/src/app/cdk';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { PROJECT } from '../../rehearsal/src/folders';
import type { Life } from '../../rehearsal/src/state';
import { definitionOf, type Definition, type Template } from '../pipeline/definition';
import type { Commit, Surroundings } from '../pipeline/execution';
import { startServices, type Services } from '../pipeline/services';
import { STAND_INS } from '../pipeline/stand-ins';
import { whereDeployed } from '../deployed-life';
import { inCopy } from '../rehearsed-copy';

/** A commit, and the cloud assembly that was reviewed of it. */
export interface Reviewed {
  readonly commit: Commit;
  readonly assembly: string;
}

/** An environment that runs, and the pipeline that delivers it. */
export interface Place {
  readonly environment: string;
  readonly region: string;
  readonly cluster: Cluster;
  readonly emulator: Emulator;
  readonly services: Services;
  readonly definition: Definition;
  readonly surroundings: Surroundings;
  /** The environment itself as it was deployed, for the CDK CLI. */
  readonly app: CdkProps;
  /** Commits the project with an edit, and synthesizes the pipeline. */
  readonly push: (message: string, edit: (folder: string) => void) => Promise<Reviewed>;
  /** Synthesizes the environment itself, with an edit. */
  readonly edited: (edit: (folder: string) => void) => Promise<CdkProps>;
  /** Differences from AWS, a line each. */
  readonly notes: ReadonlySet<string>;
}

/** Deploys an environment as a rehearsal does, and lets work happen there; nothing is left of it. */
export const inPlace = (
  environment: string,
  work: (place: Place) => Promise<void>,
  interruption: AbortSignal,
): Promise<void> =>
  whereDeployed(
    { environment },
    async (life) => {
      const services = await startServices();
      try {
        await work(await placeIn(life, environment, services));
      } finally {
        services.stop();
      }
    },
    interruption,
  );

const report = () => {};

const placeIn = async (life: Life, environment: string, services: Services): Promise<Place> => {
  const { folder, signal, own, cluster, aws: emulator } = life;
  const { account, region } = own.app;
  Object.assign(process.env, credentials(own.app), { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  let commits = 0;
  const push: Place['push'] = (message, edit) =>
    inCopy(edit, async (copy) => {
      commits += 1;
      const of = (name: string) => join(folder, `${name}-${commits}`);
      cpSync(copy, of('commit'), { recursive: true, filter: (path) => path !== join(copy, 'node_modules') });
      const output = of('assembly');
      await synthesize({ project: copy, context: { pipeline: environment }, output, signal }, report);
      return {
        commit: { id: `${commits}`.padStart(40, 'c0ffee'), message, folder: of('commit') },
        assembly: output,
      };
    });
  const edited: Place['edited'] = (edit) =>
    inCopy(edit, async (copy) => {
      const app = { ...own.app, project: copy, output: join(folder, 'edited.out') };
      await synthesize(app, report);
      return { ...app, project: own.app.project }; // its CLI deploys the copy
    });
  const { assembly } = await push('what runs', () => {});
  const pipeline = (await assembledStacks(assembly)).find(({ id }) => id === 'Pipeline')!;
  const definition = {
    ...definitionOf(pipeline.template as Template, []),
    // The pipeline itself is not deployed, and neither are its buckets.
    artifactBucket: (place: string) => `cdk-hnb659fds-assets-${account}-${place}`,
  };
  const builds = join(folder, 'builds');
  mkdirSync(builds);
  const requirements = join(__dirname, '..', 'commands', 'requirements.txt');
  const aws = dirname(await pythonEnvironment(report, signal, requirements));
  const notes = new Set<string>();
  return {
    environment,
    region,
    cluster: cluster!,
    emulator,
    services,
    definition,
    push,
    edited,
    app: own.app,
    notes,
    surroundings: {
      folder: builds,
      env: {
        ...credentials(own.app),
        AWS_DEFAULT_REGION: region,
        AWS_ENDPOINT_URL_EVENTBRIDGE: services.endpoint,
        AWS_PAGER: '',
        HOME: process.env.HOME,
        PATH: [aws, process.env.PATH].join(delimiter),
        PROJECT, // of what takes its packages from here
      },
      region,
      signal,
      definition: async () => definition,
      standIns: STAND_INS,
      note: (line) => void notes.add(line),
      isDeployed: () => true,
      decide: () => true,
    },
  };
};
