import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { environment } from '../../lib/config';
import type { EnvironmentConfig } from '../../lib/config/environment';
import type { PipelineConfig } from '../../lib/config/pipeline';
import { builds, delivery } from '../../lib/pipeline/delivery';
import { platform } from '../../lib/platform';
import { policy } from '../../lib/policy';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';

/** The subject of a synthesis: an environment as with `-c env=`, its pipeline as with `-c pipeline=`, or builds as with `-c builds=`. */
export type Subject =
  | { readonly environment: EnvironmentConfig }
  | { readonly pipeline: PipelineConfig; readonly of: string; readonly environments: readonly EnvironmentConfig[] }
  | { readonly builds: PipelineConfig; readonly environments: readonly EnvironmentConfig[] };

/** The feature flags of cdk.json, without which templates would differ. */
const FLAGS: Record<string, unknown> = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'cdk.json'), 'utf8'),
).context;

/** Switches for output that no template needs: copies of assets (60 MB), and where in the source each construct is made. */
const WITHOUT = [
  'aws:cdk:disable-asset-staging',
  'aws:cdk:disable-creation-stack-traces',
  'aws:cdk:disable-logicalId-metadata',
  'aws:cdk:disable-stack-trace',
];

/** An app as the CLI makes it, except in a folder of its own, and without output that no template needs. */
export const newApp = (): App =>
  new App({
    outdir: mkdtempSync(join(process.env.ASSEMBLIES!, 'new-')),
    context: { ...FLAGS, ...Object.fromEntries(WITHOUT.map((key) => [key, true])) },
    treeMetadata: false,
    builtinCloudFormationValidation: false,
  });

/** A subject as the CLI synthesizes it, checks of the policy included. */
export const synthesize = (subject: Subject): CloudAssembly => {
  const app = newApp();
  policy(app);
  if ('pipeline' in subject)
    delivery(app, subject.of, subject.pipeline, (name) => environment(name, {}, subject.environments));
  else if ('builds' in subject) builds(app, subject.builds, (name) => environment(name, {}, subject.environments));
  else platform(new Construct(app, subject.environment.name), subject.environment);
  return app.synth();
};

/** The template of a stack that a unit test has filled. */
export const templateOf = (stack: Stack): Template => Template.fromStack(stack);

/** The stacks of an assembly as the rehearsal reads them. */
export const stacksOf = ({ stacksRecursively }: CloudAssembly): readonly AssembledStack[] =>
  stacksRecursively.map(({ stackName, hierarchicalId, environment: { account, region }, template }) => ({
    name: stackName,
    id: hierarchicalId,
    account,
    region,
    terminationProtection: false,
    template,
  }));
