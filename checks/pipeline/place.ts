import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { bootstrap } from '../../rehearsal/src/app/bootstrap';
import { assembledStacks, credentials, deploy, synthesize } from '../../rehearsal/src/app/cdk';
import { prepareAccounts } from '../../rehearsal/src/emulator/account';
import { startEmulator, type Emulator } from '../../rehearsal/src/emulator/emulator';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { PROJECT } from '../../rehearsal/src/folders';
import { environment } from '../../test/fixtures';
import { craneProgram } from '../../images/crane';
import { changedIn, differences, holdingsOf, type Held } from './account';
import { definitionOf, type Definition, type Template } from './definition';
import type { Surroundings } from './execution';
import { installCrane, pushTrialImages, type TrialImages } from './images';
import { startRegistries, type Registries } from './registries';
import { startServices, type Services } from './services';
import { STAND_INS } from './stand-ins';

/** Stacks that are deployed before, because they need no cluster: the database, its needs, and the pipeline itself. */
const DEPLOYED = ['prod/Secrets', 'prod/Images', 'prod/Network', 'prod/Mysql', 'Pipeline'];

/** Production's account, with its pipeline and some of its stacks. */
export interface Place {
  readonly folder: string;
  /** Production's pipeline as it is deployed now. */
  readonly definition: () => Promise<Definition>;
  /** Staging's, which is not deployed. */
  readonly staging: Definition;
  readonly services: Services;
  /** The images of the two environments, in their registries. */
  readonly images: TrialImages;
  /** Requests that wrote to the registry of another account, a line each. */
  readonly strangers: () => readonly string[];
  /** The holdings of the account, besides the reviews. */
  readonly held: () => Promise<Held>;
  /** The stacks that changed since, `S3` for objects, or something else that did. */
  readonly changedSince: (before: Held) => Promise<readonly string[]>;
  /** The surroundings of executions, with a person who approves everything or nothing. */
  readonly surroundings: (approves: boolean) => Surroundings;
  /** The same, with the credentials of staging's account. */
  readonly inStaging: () => Surroundings;
  /** The parts that did not run as on AWS, a line each. */
  readonly notes: ReadonlySet<string>;
}

const report = () => {};

/** Deploys the app of a project as the README does, and lets work happen in that account; nothing is left of it. */
export const inPlace = async <T>(
  project: string,
  work: (place: Place) => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-pipeline-'));
  const python = await pythonEnvironment(console.log, signal);
  const emulator = await startEmulator({ python, folder, seed: 1, signal, onEnd: () => {} });
  const services = await startServices();
  const registries = await startRegistries(emulator.endpoint, folder, environment('prod').region, signal);
  try {
    return await work(await placeIn(folder, project, emulator, services, registries, signal));
  } finally {
    services.stop();
    registries.stop();
    await emulator.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

const placeIn = async (
  folder: string,
  project: string,
  emulator: Emulator,
  services: Services,
  registries: Registries,
  signal: AbortSignal,
): Promise<Place> => {
  const synthesized = async (pipeline: string) => {
    const output = join(folder, `${pipeline}.out`);
    await synthesize({ project, context: { pipeline }, output, signal }, report);
    const nested = await assembledStacks(join(output, `assembly-${pipeline}`));
    return { output, stacks: await assembledStacks(output), nested };
  };
  const [production, before] = await Promise.all([synthesized('prod'), synthesized('staging')]);
  const stacks = [...production.stacks, ...production.nested];
  const own = stacks.find(({ id }) => id === 'Pipeline')!;
  const stagingStack = before.stacks.find(({ id }) => id === 'Pipeline')!;
  const { account, region } = own;
  const app = {
    project: PROJECT,
    context: {},
    output: production.output,
    endpoint: emulator.endpoint,
    account,
    region,
    signal,
  };
  Object.assign(process.env, credentials(app), { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  console.log(`deploying ${DEPLOYED.join(', ')}`);
  const both = [...stacks, ...before.nested];
  const stagingApp = { ...app, output: before.output, account: stagingStack.account };
  await bootstrap(app, stacks, report);
  await bootstrap(stagingApp, before.nested, report);
  await prepareAccounts(emulator.endpoint, both);
  await deploy(app, DEPLOYED, report);
  await deploy(stagingApp, ['staging/Images'], report);

  const programs = join(folder, 'programs');
  const requirements = join(__dirname, '..', 'commands', 'requirements.txt');
  const aws = dirname(await pythonEnvironment(console.log, signal, requirements));
  const crane = installCrane(join(programs, 'bin'), await craneProgram(console.log, signal), registries);
  console.log('pushing images');
  const images = await pushTrialImages(folder, crane, emulator, services, both);
  const env = {
    ...credentials(app),
    AWS_ENDPOINT_URL_ECR: services.endpoint,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL_CODEPIPELINE: services.endpoint,
    AWS_PAGER: '',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    HOME: process.env.HOME,
    PATH: [join(programs, 'bin'), aws, process.env.PATH].join(delimiter),
    npm_config_prefix: programs, // of npm install -g
    npm_config_prefer_offline: 'true',
    PROJECT, // of what takes its packages from here
  };
  const made = async () => (await emulator.resources()).filter(({ stack }) => stack === own.name);
  const deployed = new Set((await emulator.resources()).map(({ stack }) => stack));
  const regions = [region, ...new Set(stacks.map((stack) => stack.region))].filter(
    (each, at, all) => all.indexOf(each) === at,
  );
  const reviews = (await made()).find(
    ({ type, logicalId }) => type === 'AWS::S3::Bucket' && logicalId.startsWith('Reviews'),
  )!.physicalId;
  const held = () => holdingsOf(emulator, regions, reviews);
  const definition = async () => {
    const asked = new GetTemplateCommand({ StackName: own.name });
    const { TemplateBody = '' } = await new CloudFormationClient({ region }).send(asked);
    return definitionOf(JSON.parse(TemplateBody), await made());
  };
  const builds = join(folder, 'builds');
  mkdirSync(builds);
  const notes = new Set([
    'Images: crane is built before, because that takes a minute; tokens and signing statuses of ECR are answers of this machine',
  ]);
  const surroundings = (approves: boolean): Surroundings => ({
    folder: builds,
    env,
    region,
    signal,
    definition,
    standIns: STAND_INS,
    note: (line) => void notes.add(line),
    isDeployed: (stack) => deployed.has(stack),
    decide: () => approves,
  });
  const staging = definitionOf(stagingStack.template as Template, []);
  return {
    folder,
    definition,
    staging,
    services,
    images,
    strangers: registries.strangers,
    held,
    changedSince: async (start) => changedIn(differences(start, await held()), [...deployed]),
    surroundings,
    inStaging: () => ({
      ...surroundings(true),
      definition: async () => staging,
      env: {
        ...env,
        ...credentials(stagingApp),
        AWS_ENDPOINT_URL_EVENTBRIDGE: services.endpoint,
      },
    }),
    notes,
  };
};
