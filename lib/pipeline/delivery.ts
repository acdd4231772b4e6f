import { Stage, type App } from 'aws-cdk-lib';
import type { EnvironmentConfig } from '../config/environment';
import type { PipelineConfig } from '../config/pipeline';
import { platform } from '../platform';
import { BuildsStack } from './builds-stack';
import { PipelineStack } from './pipeline-stack';
import { busArn } from './promotion';

/** Fills an app with the pipeline of one environment, in the environment's own account, and with a Stage of what it deploys. */
export const delivery = (
  app: App,
  name: string,
  config: PipelineConfig,
  environment: (name: string) => EnvironmentConfig,
): void => {
  const index = config.stages.findIndex((stage) => stage.environment === name);
  const [before, own, after] = [config.stages[index - 1], config.stages[index]!, config.stages[index + 1]];
  const { account, region } = environment(name);
  const env = { account, region };
  // A child of the app, not of the pipeline's stack: the paths, and so the templates, are those of `-c env=`.
  const stage = new Stage(app, name, { env });
  platform(stage, environment(name));
  new PipelineStack(app, 'Pipeline', {
    stackName: `platform-${name}-pipeline`,
    env,
    config,
    connectionArn: own.connectionArn,
    manualApproval: own.manualApproval,
    bakeMinutes: environment(name).monitoring.bakeMinutes,
    stage,
    follows: before && environment(before.environment),
    promotesTo: after && busArn(environment(after.environment)),
  });
};

/** Fills an app with the builds of the services, in the account and region of the environment that is delivered first. */
export const builds = (
  app: App,
  { builds: sources, stages, ...config }: PipelineConfig,
  environment: (name: string) => EnvironmentConfig,
): void => {
  const [{ environment: name, connectionArn }] = stages as [PipelineConfig['stages'][number]];
  const { account, region } = environment(name);
  new BuildsStack(app, 'Builds', {
    stackName: `platform-${name}-builds`,
    env: { account, region },
    config,
    sources: sources ?? {},
    connectionArn,
    environment: name,
  });
};
