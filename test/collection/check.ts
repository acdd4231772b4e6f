import { ENVIRONMENT_NAMES } from '../../lib/config/environment';
import { INTERRUPTED } from '../../rehearsal/process';
import { Steps } from '../../rehearsal/progress';
import { rehearse } from '../../rehearsal/rehearsal';
import type { Attempt } from '../../rehearsal/trials';
import { tools } from '../prometheus/tools';
import { collection } from './trial';

/** Rehearses an environment, and lets the real Prometheus and Alertmanager watch what is deployed. */
const check = async (signal: AbortSignal) => {
  const [target = ENVIRONMENT_NAMES[0]] = process.argv.slice(2);
  const found = await new Steps().step('Prometheus is looked for', (report) => tools(report, signal));
  const trial: Attempt = ['metrics', 'metrics are collected', (place, report) => collection(found, place, report)];
  const seed = Math.floor(Math.random() * 1_000_000);
  const usual = { keep: false, update: undefined, kubernetes: undefined };
  await rehearse({ target, seed, ...usual, trials: [trial], signal });
};

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());

check(abort.signal).catch((error: Error) => {
  console.error(`\n${error.message}`);
  process.exitCode = error.message === INTERRUPTED ? 130 : 1;
});
