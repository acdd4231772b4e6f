import { RemovalPolicy, Stack, type CfnElement, type StackProps, type Stage } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { EventField, Rule, RuleTargetInput, type EventPattern } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct, IConstruct } from 'constructs';
import type { PipelineConfig } from '../config/pipeline';
import { acknowledge } from '../constructs/acknowledge';
import { Notifications } from '../constructs/notifications';
import { tagEverything } from '../constructs/tag-everything';

export interface PipelineStackProps extends StackProps {
  readonly config: Pick<PipelineConfig, 'repository' | 'branch' | 'connectionArn' | 'tags' | 'notifyEmails'>;
  /** What the pipeline deploys, in this order. */
  readonly stages: readonly { readonly stage: Stage; readonly manualApproval: boolean }[];
}

/** Versions that the pipeline installs. The CLI's is that of package.json: change it here one deployment earlier. */
const TOOLS = { node: '22', cdk: '2.1148.1', cdkAssets: '4.7.3' };

/** The delivery pipeline: builds and checks the app, changes itself to what the app says, then promotes its stages. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { config, stages, ...props }: PipelineStackProps) {
    super(scope, id, props);

    const logGroup = new LogGroup(this, 'BuildLogs', {
      retention: RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      crossAccountKeys: true,
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
          phases: { install: { 'runtime-versions': { nodejs: TOOLS.node } } },
        }),
      },
      synth: new ShellStep('Synth', {
        input: CodePipelineSource.connection(config.repository, config.branch, { connectionArn: config.connectionArn }),
        commands: ['npm ci', 'npm run lint', 'npm test', 'npx cdk synth'],
        env: { CDK_VALIDATION: 'true' },
      }),
    });
    for (const { stage, manualApproval } of stages)
      pipeline.addStage(stage, { pre: manualApproval ? [new ManualApprovalStep(`Approve-${stage.stageName}`)] : [] });
    pipeline.buildPipeline();
    this.useConnection(pipeline, config.connectionArn);
    this.acknowledgeLibrary(pipeline);
    this.notify(pipeline, config.notifyEmails);

    // Beside it, the library makes a stack with a bucket in every other region that has stacks.
    const regions = Object.values(pipeline.pipeline.crossRegionSupport);
    for (const stack of [this, ...regions.map((region) => region.stack)])
      tagEverything(stack, { Owner: config.tags.owner, CostCenter: config.tags.costCenter });
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

  /** Tells who has to act: of a failure, and of a stage that waits for a person. */
  private notify({ pipeline }: CodePipeline, emails: readonly string[]) {
    const notifications = new Notifications(this, 'Notifications', {
      identifier: 'platform-pipeline',
      publishers: ['events.amazonaws.com'],
    });
    const topic = notifications.topic('failures', emails);
    // By events, which come once: a metric would need an alarm for each stage that also says when it is over.
    const rule = (id: string, description: string, eventPattern: EventPattern, text: string) =>
      new Rule(this, id, {
        description,
        eventPattern: {
          source: ['aws.codepipeline'],
          ...eventPattern,
          detail: { ...eventPattern.detail, pipeline: [pipeline.pipelineName] },
        },
        targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(text) })],
      });
    const stage = EventField.fromPath('$.detail.stage');
    const console = `https://${this.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines`;
    rule(
      'Failed',
      'A stage of the pipeline fails',
      { detailType: ['CodePipeline Stage Execution State Change'], detail: { state: ['FAILED'] } },
      `The stage ${stage} of the pipeline failed. ${console}`,
    );
    rule(
      'Waits',
      'A stage of the pipeline waits for a person',
      {
        detailType: ['CodePipeline Action Execution State Change'],
        detail: { state: ['STARTED'], type: { category: ['Approval'] } },
      },
      `The stage ${stage} waits for an approval. ${console}`,
    );
  }

  /** Findings on the roles and the bucket that CDK Pipelines makes. */
  private acknowledgeLibrary(library: CodePipeline) {
    const { pipeline, synthProject, selfMutationProject } = library;
    const { artifactBucket } = pipeline;
    const logicalId = (construct: IConstruct) => this.getLogicalId(construct.node.defaultChild as CfnElement);
    const builds = [synthProject, selfMutationProject].map((project) => `<${logicalId(project)}>`);
    const account = `${this.region}:${this.account}`;

    const replicas = Object.values(pipeline.crossRegionSupport).map(({ replicationBucket }) => replicationBucket);
    for (const bucket of [artifactBucket, ...replicas])
      acknowledge(bucket, 'Holds what this pipeline builds, for itself; CloudTrail tells who read it', [
        'AwsSolutions-S1',
      ]);
    acknowledge(
      library,
      'The grants of CDK Pipelines: its own artifacts, logs and reports, and the deployment roles of bootstrapped accounts',
      [
        ...[
          's3:Abort*',
          's3:DeleteObject*',
          's3:GetBucket*',
          's3:GetObject*',
          's3:List*',
          'kms:GenerateDataKey*',
          'kms:ReEncrypt*',
        ].map((action) => `Action::${action}`),
        ...[
          '*',
          'arn:*:iam::' + this.account + ':role/*',
          `<${logicalId(artifactBucket)}.Arn>/*`,
          ...replicas.map((bucket) => this.resolve(bucket.arnForObjects('*'))),
          ...builds.map((build) => `arn:aws:logs:${account}:log-group:/aws/codebuild/${build}:*`),
          ...builds.map((build) => `arn:aws:codebuild:${account}:report-group/${build}-*`),
          `arn:aws:logs:${account}:log-group:/aws/codebuild/*`,
          `arn:aws:codebuild:${account}:report-group/*`,
        ].map((resource) => `Resource::${resource}`),
      ].map((finding) => `AwsSolutions-IAM5[${finding}]`),
    );
  }
}
