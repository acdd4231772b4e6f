import { App, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ConfigurationError, environment } from '../lib/config';
import { pipeline } from '../lib/config/pipeline';
import { PipelineStack } from '../lib/pipeline/pipeline-stack';
import { platform } from '../lib/platform';
import { policy } from '../lib/policy';

/** `-c env=NAME`: the stacks of one environment, at the top level, where `cdk deploy --all` sees them. */
const oneEnvironment = (app: App, name: string) => {
  const overrides = app.node.tryGetContext('deletionProtection') === 'false' ? { deletionProtection: false } : {};
  // A plain construct where the pipeline has a Stage: the paths, and with them the templates, are equal.
  platform(new Construct(app, name), environment(name, overrides));
};

/** No environment: the pipeline around the same stacks. */
const delivery = (app: App) => {
  const stages = pipeline.stages.map(({ environment: name, manualApproval }) => {
    const config = environment(name);
    const stage = new Stage(app, name, { env: { account: config.account, region: config.region } });
    platform(stage, config);
    return { stage, manualApproval };
  });
  const { account, region } = pipeline;
  new PipelineStack(app, 'Pipeline', {
    stackName: 'platform-pipeline',
    env: { account, region },
    config: pipeline,
    stages,
  });
};

// The library's own validation of templates takes seconds: the pipeline and CI ask for it, everyday synthesis does not.
const app = new App({ builtinCloudFormationValidation: process.env.CDK_VALIDATION === 'true' });
policy(app);
try {
  const name: string | undefined = app.node.tryGetContext('env');
  if (name === undefined) delivery(app);
  else oneEnvironment(app, name);
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
