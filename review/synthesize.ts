import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { environment } from '../lib/config';
import { platform } from '../lib/platform';
import { policy } from '../lib/policy';
import { stacksOf, type Stack } from './assembly';

/** The stacks of an environment of this checkout, as `-c env=NAME` gives them. The folder gets the cloud assembly. */
export const synthesize = (name: string, outdir: string): readonly Stack[] => {
  const config = environment(name);
  const { context } = JSON.parse(readFileSync(join(__dirname, '..', 'cdk.json'), 'utf8'));
  const app = new App({
    outdir,
    context: { ...context, 'aws:cdk:enable-path-metadata': true }, // as the CLI sets it: names come from it
    builtinCloudFormationValidation: false,
  });
  policy(app);
  platform(new Construct(app, config.name), config);
  return stacksOf(app.synth());
};
