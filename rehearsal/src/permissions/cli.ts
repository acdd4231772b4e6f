import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, UsageError } from '../command-line';
import { assembledStacks, contextOf, synthesize, type AssembledStack } from '../app/cdk';
import { PROJECT } from '../folders';
import { executionPolicies, policyTemplate } from './documents';

const USAGE = `usage: npm run --silent execution-policy -- TARGET...

  TARGET   an environment, as the app names it (-c env=ENVIRONMENT); ENVIRONMENT-pipeline, its delivery pipeline; or
           ENVIRONMENT-builds, the builds of its images

Prints a CloudFormation template with the policies that cdk bootstrap --cloudformation-execution-policies takes. Name every target of
the account: it has one execution role, which takes ten policies.`;

const print = async (targets: readonly string[], signal: AbortSignal) => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-permissions-'));
  try {
    const stacks: AssembledStack[] = [];
    for (const target of targets) {
      const output = join(folder, target);
      await synthesize({ project: PROJECT, context: contextOf(target), output, signal }, () => {});
      stacks.push(...(await assembledStacks(output)));
    }
    const accounts = [...new Set(stacks.map(({ account }) => account))];
    if (accounts.length > 1)
      throw new UsageError(
        `${targets.join(', ')} are in ${accounts.length} accounts (${accounts.join(', ')}): run this once for each account`,
      );
    console.log(JSON.stringify(policyTemplate(executionPolicies(stacks))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

void command({ usage: USAGE, takes: [1, Infinity] }, ({ positionals, signal }) => print(positionals, signal));
