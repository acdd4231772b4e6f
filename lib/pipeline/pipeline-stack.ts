import { RemovalPolicy, Stack, type StackProps, type Stage } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CodePipeline, CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment';
import type { PipelineConfig } from '../config/pipeline';
import { Notifications } from '../constructs/notifications';
import { Slack } from '../constructs/slack';
import { tagEverything } from '../constructs/tag-everything';
import { acknowledgeLibrary } from './acknowledge-library';
import { restartsNever, writesOnlyItsOutput } from './artifacts';
import { approve, check, release, review, reviewBucket, reviewUrl, synth } from './build-steps';
import { deadLetters } from './dead-letters';
import { followDeployments } from './deployment-events';
import { figuresDashboard } from './figures';
import { images } from './images';
import { promotion, SOURCE_ACTION, startAfter } from './promotion';
import { rollBackBadDeployments } from './rollback';
import { RUNTIMES } from './tools';
import { verification } from './verification';

export interface PipelineStackProps extends StackProps {
  readonly config: Pick<PipelineConfig, 'repository' | 'branch' | 'tags' | 'notify'>;
  readonly connectionArn: string;
  /** Wait for a person before anything changes. */
  readonly manualApproval: boolean;
  /** Minutes after a deployment in which a critical alarm rolls it back. */
  readonly bakeMinutes: number;
  /** The environment to deploy, in the account and region of this stack. */
  readonly stage: Stage;
  /** The environment that a commit passes before this one. @default - a push starts the pipeline */
  readonly follows: Pick<EnvironmentConfig, 'name' | 'account' | 'region'> | undefined;
  /** ARN of the event bus that hears of commits that passed. @default - this is the last environment */
  readonly promotesTo: string | undefined;
}

/** Versions that the pipeline installs. The CLI's is that of package.json: change it here one deployment earlier. */
const TOOLS = { cdk: '2.1148.1', cdkAssets: '4.7.3' };

/**
 * Writes an older version into the asset manifests, in the copy of the build that publishes them. cdk-assets 4.7.3 is the newest, reads
 * version 54, and refuses 55, which aws-cdk-lib 2.276.0 writes. Both versions have the same schema of asset manifests: a test holds that.
 */
const READABLE_MANIFESTS = `sed -i 's/^  "version": "55\\.[0-9.]*"/  "version": "54.0.0"/' assembly-*/*.assets.json`;

/** The delivery of one environment: checks, synthesizes and reviews the app, waits for a person, then changes itself and its stage. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    const { config, connectionArn, manualApproval, bakeMinutes, stage, follows, promotesTo, ...stackProps } = props;
    super(scope, id, stackProps);

    const logGroup = new LogGroup(this, 'BuildLogs', {
      retention: RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const source = CodePipelineSource.connection(config.repository, config.branch, {
      connectionArn,
      actionName: SOURCE_ACTION,
      triggerOnPush: follows === undefined,
    });
    const bucket = reviewBucket(this);
    const checked = check(source, stage.stageName);
    const assembly = synth(source, stage.stageName);
    const reviewed = review({ source, synth: assembly, stage, bucket });
    const released = release(assembly, reviewed);
    const last = manualApproval ? approve(stage, bucket) : reviewed;
    if (last !== reviewed) last.addStepDependency(reviewed);
    last.addStepDependency(checked);
    released.addStepDependency(last);

    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineName: this.stackName,
      pipelineType: PipelineType.V2,
      crossAccountKeys: true, // a key of its own for the artifacts; no other account uses it
      enableKeyRotation: true,
      publishAssetsInParallel: false, // one build for all assets, not a machine for each
      cliVersion: TOOLS.cdk,
      cdkAssetsCliVersion: TOOLS.cdkAssets,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: LinuxBuildImage.STANDARD_7_0 },
        logging: { cloudWatch: { logGroup } }, // else CodeBuild makes a group for each project, to be kept forever
        // Without it, the image runs a Node that the library no longer supports.
        partialBuildSpec: BuildSpec.fromObject({
          version: '0.2',
          phases: { install: { 'runtime-versions': RUNTIMES } },
        }),
      },
      assetPublishingCodeBuildDefaults: {
        partialBuildSpec: BuildSpec.fromObject({
          version: '0.2',
          phases: { install: { commands: [READABLE_MANIFESTS] } },
        }),
      },
      synth: released,
    });
    // A stage of its own: what stops it has deployed nothing, so nothing is rolled back.
    const place = { account: this.account, region: this.region };
    pipeline.addWave('Images', { post: [images({ source, environment: stage.stageName, place, follows })] });
    pipeline.addStage(stage, { post: [verification(source, stage.stageName)] });
    // A stage of its own, which begins when the stage before it has stood the test of time.
    if (promotesTo !== undefined) pipeline.addWave('Promote', { post: [promotion(source, promotesTo)] });
    pipeline.buildPipeline();
    writesOnlyItsOutput(assembly, pipeline);
    if (follows) restartsNever(pipeline);
    this.useConnection(pipeline, connectionArn);
    rollBackBadDeployments(pipeline, { environment: stage.stageName, region: this.region, bakeMinutes });
    acknowledgeLibrary(pipeline, stage.stageName, bucket);

    const { mail, chat } = this.topics(stage.stageName, config.notify);
    const undelivered = deadLetters(this, stage.stageName, chat ? [mail, chat] : [mail]);
    followDeployments(this, {
      environment: stage.stageName,
      pipeline: pipeline.pipeline,
      reviewUrl: reviewUrl(bucket, 'EXECUTION'),
      manualApproval,
      mail,
      chat,
      logGroup,
      deadLetters: undelivered,
    });
    figuresDashboard(this, stage.stageName);
    if (follows) startAfter(this, follows, stage.stageName, pipeline.pipeline, undelivered);

    // Beside it, the library makes a stack with a bucket in every other region that has stacks.
    const regions = Object.values(pipeline.pipeline.crossRegionSupport);
    for (const stack of [this, ...regions.map((region) => region.stack)])
      tagEverything(stack, { Owner: config.tags.owner, CostCenter: config.tags.costCenter });
  }

  /** Where people hear of deployments. */
  private topics(environment: string, { emails, slack }: PipelineConfig['notify']) {
    const identifier = `platform-${environment}-deployments`;
    const notifications = new Notifications(this, 'Notifications', {
      identifier,
      publishers: ['cloudwatch.amazonaws.com'], // an alarm; all else has the role of the function
    });
    const mail = notifications.topic('email', emails);
    const chat = slack && notifications.topic('slack', []);
    if (slack && chat) new Slack(this, 'Slack', { identifier, channels: [{ ...slack, topicArns: [chat.topicArn] }] });
    return { mail, chat };
  }

  /** The library grants the action under the service's former name only, which does not match the ARN's. */
  private useConnection({ pipeline }: CodePipeline, connectionArn: string) {
    const source = pipeline.node.findChild('Source').node.findAll();
    const statement = new PolicyStatement({
      actions: ['codeconnections:UseConnection'],
      resources: [connectionArn],
    });
    for (const role of source.filter((child) => child instanceof Role)) role.addToPrincipalPolicy(statement);
  }
}
