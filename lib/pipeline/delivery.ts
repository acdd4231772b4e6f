import { Stage, type App } from 'aws-cdk-lib';
import type { EnvironmentConfig } from '../config/environment';
import type { PipelineConfig } from '../config/pipeline';
import { platform } from '../platform';
import { PipelineStack } from './pipeline-stack';

/** Fills an app with the pipeline, and with a Stage for each environment that it promotes, of which a function gives the configuration. */
export const delivery = (
  app: App,
  pipeline: PipelineConfig,
  environment: (name: string) => EnvironmentConfig,
): void => {
  // All configurations before the first stage: what is wrong with the last one is said at once.
  const configs = pipeline.stages.map(({ environment: name }) => environment(name));
  const stages = pipeline.stages.map(({ environment: name, manualApproval }, i) => {
    const config = configs[i]!;
    // A child of the app, not of the pipeline's stack: the paths, and so the templates, are those of `-c env=`.
    const stage = new Stage(app, name, { env: { account: config.account, region: config.region } });
    platform(stage, config);
    return { stage, manualApproval };
  });
  const { account, region } = pipeline;
  const props = { stackName: 'platform-pipeline', env: { account, region } };
  new PipelineStack(app, 'Pipeline', { ...props, config: pipeline, stages });
};
