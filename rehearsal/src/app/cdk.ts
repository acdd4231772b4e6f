import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from './cdk-failure';
import { CommandError, run } from '../process';
import type { Report } from '../report/progress';

/** The CDK CLI that an app depends on, wherever its package manager keeps it. Throws where it depends on none. */
export const cliOf = (project: string): string =>
  createRequire(join(project, 'package.json')).resolve('aws-cdk/bin/cdk');

/** Stacks that the CLI deploys or destroys at the same time. */
const CONCURRENCY = 4;

/** Options of a deployment that nobody watches. */
export const UNATTENDED: readonly string[] = ['--require-approval', 'never', '--concurrency', `${CONCURRENCY}`];

/** Context of a target that people name: `prod` is an environment, `prod-pipeline` its pipeline, `prod-builds` the builds of its images. */
export const contextOf = (target: string): Readonly<Record<string, string>> => {
  const [, name, kind] = /^(.+)-(pipeline|builds)$/.exec(target) ?? [];
  return name === undefined ? { env: target } : { [kind!]: name };
};

/** The options of every command. */
export interface AssemblyProps {
  /** Folder of the app, with its dependencies. */
  readonly project: string;
  /** Context of the synthesis: `{ env: 'prod' }`. */
  readonly context: Readonly<Record<string, string>>;
  /** Folder of the cloud assembly. */
  readonly output: string;
  readonly signal: AbortSignal;
  /** Kills the CLI at once. @default - nobody does */
  readonly killed?: AbortSignal;
}

/** The options of a command that calls AWS. */
export interface CdkProps extends AssemblyProps {
  /** Endpoint of the emulated AWS. */
  readonly endpoint: string;
  /** Account whose credentials the commands carry. */
  readonly account: string;
  readonly region: string;
}

/** A stack of the cloud assembly. */
export interface AssembledStack {
  readonly name: string;
  /** The name that the CLI uses. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly terminationProtection: boolean;
  readonly template: Template;
}

export interface Template {
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
  readonly Resources?: Readonly<
    Record<
      string,
      {
        Type: string;
        DeletionPolicy?: string;
        UpdateReplacePolicy?: string;
        Properties?: Record<string, unknown>;
        Metadata?: Record<string, unknown>;
      }
    >
  >;
}

/** The account and the region of an app: where most of its stacks are. Empty without stacks. */
export const homeOf = (stacks: readonly Pick<AssembledStack, 'account' | 'region'>[]) => {
  const count = ({ account, region }: Pick<AssembledStack, 'account' | 'region'>) =>
    stacks.filter((stack) => stack.account === account && stack.region === region).length;
  const [{ account, region } = { account: '', region: '' }] = stacks.toSorted(
    (one, other) => count(other) - count(one),
  );
  return { account, region };
};

/**
 * Runs a command of the real CDK CLI on a cloud assembly, which was synthesized before and once: the credentials lead to the emulated
 * AWS, and nowhere else.
 */
export const cdk = (props: CdkProps, args: readonly string[], report: Report) =>
  execute(props, [...args, '--app', props.output], report, credentials(props));

/** Environment of a command that calls the emulated AWS. */
export const credentials = ({ endpoint, account, region }: Pick<CdkProps, 'endpoint' | 'account' | 'region'>) => ({
  AWS_ACCESS_KEY_ID: account,
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: region,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** `cdk synth`, with no credentials at all. */
export const synthesize = (props: AssemblyProps, report: Report, env: NodeJS.ProcessEnv = {}) => {
  const context = Object.entries(props.context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return execute(props, ['synth', '--quiet', ...context, '--output', props.output], report, env);
};

/** `cdk deploy` as the README gives it, in its fast form: of the named stacks and what they need, or of all. */
export const deploy = (props: CdkProps, stacks: readonly string[], report: Report) =>
  cdk(props, ['deploy', ...stacks, ...UNATTENDED], report);

/**
 * `cdk diff` of all stacks by change sets. It fails when a stack differs, and when CloudFormation refuses a change set: by default, the CLI
 * then compares templates, and succeeds. Only with `--verbose` does it say of which stack it asks.
 */
export const diff = (props: CdkProps, report: Report) =>
  cdk(props, ['diff', '--fail', '--method=change-set', '--verbose'], report);

/** `cdk destroy` of the named stacks, or of all. */
export const destroy = (props: CdkProps, stacks: readonly string[], report: Report) =>
  cdk(props, ['destroy', ...stacks, '--force', '--concurrency', `${CONCURRENCY}`], report);

const execute = async (
  { project, output, signal, killed }: AssemblyProps,
  args: readonly string[],
  report: Report,
  env: NodeJS.ProcessEnv,
): Promise<string> => {
  const command = [cliOf(project), ...args, '--no-color', '--no-notices'];
  try {
    return await run(process.execPath, command, {
      cwd: project,
      signal,
      killed,
      onLine: (line) => {
        appendFileSync(join(dirname(output), 'cli.log'), `${line}\n`);
        report(line.replaceAll(/\s+/g, ' '));
      },
      env: {
        PATH: process.env.PATH,
        HOME: dirname(output),
        TMPDIR: dirname(output),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        ...env,
      },
    });
  } catch (error) {
    throw error instanceof CommandError ? new Error(failure(args, error.output)) : error;
  }
};

/** The stacks that `--all` means: those at the top level of a cloud assembly. */
export const assembledStacks = async (output: string): Promise<readonly AssembledStack[]> => {
  const json = async (file: string) => JSON.parse(await readFile(join(output, file), 'utf8'));
  const { artifacts } = (await json('manifest.json')) as { artifacts: Record<string, Artifact> };
  return Promise.all(
    Object.entries(artifacts)
      .filter(([, { type }]) => type === 'aws:cloudformation:stack')
      .map(async ([artifactId, { environment, properties, displayName: id }]) => {
        // The manifest names a stack only if its name is another one than its artifact's.
        const { stackName: name = artifactId, terminationProtection = false, templateFile } = properties;
        const [, account, region] = /^aws:\/\/(\d{12})\/([a-z0-9-]+)$/.exec(environment) ?? [];
        if (!account || !region)
          throw new Error(`the stack ${name} has no account and region of its own: give it env: { account, region }`);
        return { name, id, account, region, terminationProtection, template: (await json(templateFile)) as Template };
      }),
  );
};

interface Artifact {
  readonly type: string;
  readonly environment: string;
  readonly displayName: string;
  readonly properties: { stackName?: string; templateFile: string; terminationProtection?: boolean };
}
