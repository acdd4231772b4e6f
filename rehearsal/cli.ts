import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { command, UsageError, whole } from '../command-line';
import { rehearse } from './rehearsal';

const USAGE = `usage: npm run rehearse -- ENVIRONMENT [--keep] [--seed N] [--update DIR] [--after-failure DIR]
                              [--kubernetes DIR] [--timeline FILE]

  ENVIRONMENT       as the app names it (-c env=ENVIRONMENT); or pipeline, for the delivery pipeline itself
  --keep            leave everything running at the end, to look around with kubectl and aws
  --seed N          repeat a rehearsal: the order of the resources that nothing orders
  --update DIR      deploy the app of another folder first (an earlier checkout, say), then this one over it
  --after-failure DIR
                    have the deployment of the app of another folder fail first, then deploy this one over what it left
  --kubernetes DIR  folder with the Kubernetes binaries (default: the cache, filled when needed)
  --timeline FILE   write where the time went, as JSON`;

/** Refuses what a rehearsal would stumble over only after minutes. */
const folders = (given: {
  readonly update?: string;
  readonly 'after-failure'?: string;
  readonly timeline?: string;
}) => {
  for (const option of ['update', 'after-failure'] as const) {
    const folder = given[option];
    for (const part of ['cdk.json', 'node_modules/aws-cdk'])
      if (folder !== undefined && !existsSync(join(folder, part)))
        throw new UsageError(`--${option} is "${folder}": it has no ${part}, so it is no app with its dependencies`);
  }
  if (given.timeline !== undefined && !existsSync(dirname(resolve(given.timeline))))
    throw new UsageError(`--timeline is "${given.timeline}": its folder does not exist, so make it first`);
};

void command(
  {
    usage: USAGE,
    options: {
      keep: { type: 'boolean', default: false },
      seed: { type: 'string' },
      kubernetes: { type: 'string' },
      timeline: { type: 'string' },
      update: { type: 'string' },
      'after-failure': { type: 'string' },
    },
    takes: [1, 1],
  },
  async ({ values, positionals: [target], signal }) => {
    const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : whole('--seed', values.seed);
    const { keep, kubernetes, timeline, update, 'after-failure': afterFailure } = values;
    if (update !== undefined && afterFailure !== undefined)
      throw new UsageError(
        '--update and --after-failure are given: only one app can be deployed first, so leave one out',
      );
    folders(values);
    await rehearse({ target: target!, seed, keep, kubernetes, timeline, update, afterFailure, signal });
  },
);
