import { choice, command } from '../../rehearsal/src/command-line';
import { environmentNames } from '../../lib/config';
import { Steps } from '../../rehearsal/src/report/progress';
import { rehearse } from '../../rehearsal/src/rehearsal';
import type { Drill } from '../../rehearsal/src/drills/drills';
import { tools } from '../prometheus/tools';
import { collection } from './drill';

/** Rehearses an environment, and lets the real Prometheus and Alertmanager watch what is deployed. */
const check = async (target: string, signal: AbortSignal) => {
  const found = await new Steps().step('Prometheus is looked for', (report) => tools(report, signal));
  const drill: Drill = ['metrics', 'metrics are collected', (place, report) => collection(found, place, report)];
  const seed = Math.floor(Math.random() * 1_000_000);
  const usual = { keep: false, update: undefined, kubernetes: undefined };
  await rehearse({ target, seed, ...usual, drills: [drill], signal });
};

const USAGE = `usage: npm run check:metrics -- [ENVIRONMENT]

  ENVIRONMENT   ${environmentNames.join(', ')} (default: ${environmentNames[0]})

Rehearses the environment, and lets the real Prometheus and Alertmanager watch what is deployed.`;

void command({ usage: USAGE, takes: [0, 1] }, ({ positionals: [target = environmentNames[0]!], signal }) =>
  check(choice('ENVIRONMENT', target, environmentNames), signal),
);
