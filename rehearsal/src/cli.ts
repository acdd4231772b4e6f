import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { command, UsageError, whole } from './command-line';
import { cliOf } from './app/cdk';
import { rehearse } from './rehearsal';

const USAGE = `usage: npm run rehearse -- ENVIRONMENT [OPTION]...
       npm run rehearse -- --app DIR [ENVIRONMENT] [OPTION]...

  ENVIRONMENT       as the app names it (-c env=ENVIRONMENT); or ENVIRONMENT-pipeline, for its delivery pipeline (-c pipeline=ENVIRONMENT);
                    or ENVIRONMENT-builds, for the builds of its images (-c builds=ENVIRONMENT)
  --app DIR         rehearse the CDK app of another folder, with its dependencies
  --context KEY=VALUE
                    context for the synthesis of that app; can be repeated
  --keep            leave everything running at the end, to look around with kubectl and aws
  --seed N          repeat a rehearsal: the seed of the order in which unordered resources are created
  --update DIR      deploy the app of another folder first (an earlier checkout, say), then this one over it
  --after-failure DIR
                    deploy the app of another folder first, which must fail, then this one over what it left
  --kubernetes DIR  folder with the Kubernetes binaries (default: the cache, filled when needed)
  --timeline FILE   write where the time went, as JSON`;

/** Refuses what a rehearsal would stumble over only after minutes. */
const folders = (given: {
  readonly app?: string;
  readonly update?: string;
  readonly 'after-failure'?: string;
  readonly timeline?: string;
}) => {
  for (const option of ['app', 'update', 'after-failure'] as const) {
    const folder = given[option];
    if (folder === undefined) continue;
    if (!existsSync(join(folder, 'cdk.json')))
      throw new UsageError(
        `--${option} is "${folder}": choose the folder of a CDK app, because this one has no cdk.json`,
      );
    try {
      cliOf(resolve(folder));
    } catch (error) {
      throw new UsageError(
        `--${option} is "${folder}": install aws-cdk there, because it is not among its dependencies`,
        {
          cause: error,
        },
      );
    }
  }
  if (given.timeline !== undefined && !existsSync(dirname(resolve(given.timeline))))
    throw new UsageError(`--timeline is "${given.timeline}": create its folder first, because it does not exist`);
};

/** `KEY=VALUE`, as the CDK CLI takes it. */
const contextOf = (given: string): readonly [string, string] => {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (key === undefined || value === undefined) throw new UsageError(`--context is "${given}": write KEY=VALUE`);
  return [key, value];
};

void command(
  {
    usage: USAGE,
    options: {
      keep: { type: 'boolean', default: false },
      seed: { type: 'string' },
      kubernetes: { type: 'string' },
      timeline: { type: 'string' },
      app: { type: 'string' },
      context: { type: 'string', multiple: true, default: [] },
      update: { type: 'string' },
      'after-failure': { type: 'string' },
    },
    takes: [0, 1],
  },
  async ({ values, positionals: [target], signal }) => {
    const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : whole('--seed', values.seed);
    const { keep, kubernetes, timeline, update, 'after-failure': afterFailure } = values;
    if (update !== undefined && afterFailure !== undefined)
      throw new UsageError(
        '--update and --after-failure exclude each other: remove one, because only one app can be deployed first',
      );
    if (values.context.length > 0 && values.app === undefined)
      throw new UsageError('--context needs --app: add it, because the environment is the only context of this app');
    if (target === undefined && values.app === undefined)
      throw new UsageError('ENVIRONMENT is missing: name one, or the folder of an app (--app)');
    folders(values);
    const project = values.app === undefined ? undefined : resolve(values.app);
    const environment: Record<string, string> = target === undefined ? {} : { env: target };
    const context =
      project === undefined ? undefined : { ...Object.fromEntries(values.context.map(contextOf)), ...environment };
    const named = target ?? basename(project!);
    await rehearse({ target: named, project, context, seed, keep, kubernetes, timeline, update, afterFailure, signal });
  },
);
