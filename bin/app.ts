import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ConfigurationError, deliveryPipeline, environment } from '../lib/config';
import { delivery } from '../lib/pipeline/delivery';
import { platform } from '../lib/platform';
import { policy } from '../lib/policy';

// The library's own validation of templates takes seconds: the pipeline and CI ask for it, everyday synthesis does not.
const app = new App({ builtinCloudFormationValidation: process.env.CDK_VALIDATION === 'true' });
policy(app);
try {
  const name: string | undefined = app.node.tryGetContext('env');
  const deletionProtection: string | boolean | undefined = app.node.tryGetContext('deletionProtection');
  const delivered: string | undefined = app.node.tryGetContext('pipeline');
  if (name === undefined) {
    if (deletionProtection !== undefined)
      throw new ConfigurationError('-c deletionProtection needs an environment: add -c env=NAME');
    if (delivered === undefined)
      throw new ConfigurationError(
        'Say what to synthesize: -c env=NAME, an environment; or -c pipeline=NAME, its pipeline',
      );
    delivery(app, delivered, deliveryPipeline(delivered), environment);
  } else {
    if (delivered !== undefined)
      throw new ConfigurationError('-c env and -c pipeline exclude each other: leave out one of them');
    const config = environment(name, { deletionProtection });
    // A plain construct where the pipeline has a Stage: `cdk deploy --all` sees the stacks, and their paths are equal.
    platform(new Construct(app, config.name), config);
  }
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
