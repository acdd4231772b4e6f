import { parseArgs } from 'node:util';
import { INTERRUPTED } from './process';
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

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      keep: { type: 'boolean', default: false },
      seed: { type: 'string' },
      kubernetes: { type: 'string' },
      timeline: { type: 'string' },
      update: { type: 'string' },
      'after-failure': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [target] = positionals;
  if (values.help || target === undefined || positionals.length > 1) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  if (!Number.isInteger(seed)) throw new Error(`--seed is "${values.seed}": write a whole number`);

  const { keep, kubernetes, timeline, update, 'after-failure': afterFailure } = values;
  if (update !== undefined && afterFailure !== undefined)
    throw new Error('--update and --after-failure are given: only one app can be deployed first, so leave one out');

  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());
  await rehearse({ target, seed, keep, kubernetes, timeline, update, afterFailure, signal: interruption.signal });
};

main().catch((error: Error) => {
  console.error(`\n${error.message}`);
  process.exitCode = error.message === INTERRUPTED ? 130 : 1;
});
