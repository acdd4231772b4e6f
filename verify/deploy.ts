import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { planOf } from '../doctor/assembly';
import { connect } from '../doctor/aws';
import { unable } from '../doctor/examine';
import { environment, environmentNames } from '../lib/config';
import { choice, command } from '../rehearsal/src/command-line';
import { alarmsIn } from './facts/watch';
import { guardOf, type Guard } from './guard';
import { runSteps, stepsOf, type Step } from './steps';

const USAGE = `usage: npm run deploy -- ENVIRONMENT [--base COMMIT] [--yes] [--unguarded]

Deploys an environment that has been deployed before: doctor, review, cdk deploy --all, verify. It stops at the first that fails.
CloudFormation rolls the services back if a critical alarm of the load balancer fires meanwhile, or within monitoring.bakeMinutes.

  ENVIRONMENT     ${environmentNames.join(', ')}
  --base COMMIT   commit that the review compares with (default: main)
  --yes           the CDK CLI does not ask before it changes permissions
  --unguarded     no alarm rolls the services back, also none of an earlier deployment

Exit code: that of the step that fails; 0 when all succeed.`;

const run = async ({ args: [program, ...args] }: Step): Promise<number> => {
  const [code] = await once(spawn(program, args, { stdio: 'inherit' }), 'exit');
  return code ?? 130;
};

/** The guard of a deployment. None: says why. */
const guarded = async (name: string): Promise<Guard | undefined> => {
  const config = environment(name);
  const aws = connect(config.region);
  const obstacle = await unable(aws, config);
  if (obstacle !== undefined) throw new Error(`nothing was deployed, because ${obstacle}`);
  const plan = planOf(config);
  const guard = guardOf(plan, await alarmsIn(aws, plan), config.monitoring.bakeMinutes);
  if (typeof guard !== 'string') return guard;
  console.log(guard);
  return undefined;
};

void command(
  {
    usage: USAGE,
    options: {
      base: { type: 'string', default: 'main' },
      yes: { type: 'boolean', default: false },
      unguarded: { type: 'boolean', default: false },
    },
    takes: [1, 1],
  },
  async ({ values: { base, yes: unattended, unguarded }, positionals: [name] }) => {
    const chosen = choice('ENVIRONMENT', name!, environmentNames);
    const guard = unguarded ? 'none' : await guarded(chosen);
    return runSteps(stepsOf({ environment: chosen, base, unattended, guard }), run, console.log);
  },
);
