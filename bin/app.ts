import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { applyAgain } from '../lib/constructs/apply-again';
import { ConfigurationError, deliveryPipeline, environment, serviceBuilds } from '../lib/config';
import { builds, delivery } from '../lib/pipeline/delivery';
import { platform } from '../lib/platform';
import { policy } from '../lib/policy';

/** The context that says what to synthesize. */
const TARGETS = {
  env: 'an environment',
  pipeline: 'its pipeline',
  builds: 'the builds of the services for the environment that is delivered first',
};

// The library's own validation of templates takes seconds: the pipeline and CI ask for it, everyday synthesis does not.
const app = new App({ builtinCloudFormationValidation: process.env.CDK_VALIDATION === 'true' });
policy(app);
try {
  const context = (key: string): string | undefined => app.node.tryGetContext(key);
  const deletionProtection: string | boolean | undefined = app.node.tryGetContext('deletionProtection');
  const [given, ...others] = Object.keys(TARGETS).filter((key) => context(key) !== undefined);
  if (given === undefined)
    throw new ConfigurationError(
      `Say what to synthesize: ${Object.entries(TARGETS)
        .map(([key, what]) => `-c ${key}=NAME, ${what}`)
        .join('; ')}`,
    );
  if (others.length > 0)
    throw new ConfigurationError(`-c ${given} and -c ${others[0]} exclude each other: leave out one`);
  const name = context(given)!;
  for (const key of ['deletionProtection', 'applyAgain'])
    if (given !== 'env' && app.node.tryGetContext(key) !== undefined)
      throw new ConfigurationError(`-c ${key} needs an environment: add -c env=NAME`);
  if (given === 'pipeline') delivery(app, name, deliveryPipeline(name), environment);
  else if (given === 'builds') builds(app, serviceBuilds(name), environment);
  else {
    const config = environment(name, { deletionProtection });
    // A plain construct where the pipeline has a Stage: `cdk deploy --all` sees the stacks, and their paths are equal.
    const scope = new Construct(app, config.name);
    platform(scope, config);
    const mark = context('applyAgain');
    if (mark !== undefined) applyAgain(scope, mark);
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
