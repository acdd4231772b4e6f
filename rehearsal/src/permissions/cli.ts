import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../command-line';
import { assembledStacks, contextOf, synthesize } from '../app/cdk';
import { PROJECT } from '../folders';
import { executionPolicies, policyTemplate } from './documents';

const USAGE = `usage: npm run --silent execution-policy -- ENVIRONMENT

  ENVIRONMENT   as the app names it (-c env=ENVIRONMENT); or ENVIRONMENT-pipeline, for its delivery pipeline; or
                ENVIRONMENT-builds, for the builds of its images

Prints a CloudFormation template with the policies that cdk bootstrap --cloudformation-execution-policies takes.`;

const print = async (target: string, signal: AbortSignal) => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-permissions-'));
  try {
    const output = join(folder, 'cdk.out');
    await synthesize({ project: PROJECT, context: contextOf(target), output, signal }, () => {});
    console.log(JSON.stringify(policyTemplate(executionPolicies(await assembledStacks(output)))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

void command({ usage: USAGE, takes: [1, 1] }, ({ positionals: [target], signal }) => print(target!, signal));
