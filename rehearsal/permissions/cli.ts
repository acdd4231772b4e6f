import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembledStacks, PROJECT, synthesize } from '../cdk';
import { executionPolicies, policyTemplate } from './documents';

const USAGE = `usage: npm run --silent execution-policy -- ENVIRONMENT

  ENVIRONMENT   as the app names it (-c env=ENVIRONMENT); or pipeline, for the delivery pipeline itself

Prints a CloudFormation template with the policies that cdk bootstrap --cloudformation-execution-policies takes.`;

const main = async () => {
  const [target, ...more] = process.argv.slice(2);
  if (target === undefined || target.startsWith('-') || more.length > 0) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'platform-permissions-'));
  try {
    const context: Readonly<Record<string, string>> = target === 'pipeline' ? {} : { env: target };
    const output = join(folder, 'cdk.out');
    await synthesize({ project: PROJECT, context, output, signal: new AbortController().signal }, () => {});
    console.log(JSON.stringify(policyTemplate(executionPolicies(await assembledStacks(output)))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
