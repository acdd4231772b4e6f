import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentNames } from '../lib/config';
import { choice, command } from '../rehearsal/src/command-line';
import { runSteps, stepsOf, type Step } from './steps';

const USAGE = `usage: npm run deploy -- ENVIRONMENT [--base COMMIT] [--yes]

Deploys an environment that has been deployed before: doctor, review, cdk deploy --all, verify. It stops at the first that fails.

  ENVIRONMENT     ${environmentNames.join(', ')}
  --base COMMIT   commit that the review compares with (default: main)
  --yes           the CDK CLI does not ask before it changes permissions

Exit code: that of the step that fails; 0 when all succeed.`;

const run = async ({ args: [program, ...args] }: Step): Promise<number> => {
  const [code] = await once(spawn(program, args, { stdio: 'inherit' }), 'exit');
  return code ?? 130;
};

void command(
  { usage: USAGE, options: { base: { type: 'string', default: 'main' }, yes: { type: 'boolean' } }, takes: [1, 1] },
  ({ values: { base, yes = false }, positionals: [name] }) => {
    const environment = choice('ENVIRONMENT', name!, environmentNames);
    return runSteps(stepsOf({ environment, base, unattended: yes }), run, console.log);
  },
);
