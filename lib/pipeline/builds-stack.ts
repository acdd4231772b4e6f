import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig, ServiceSource } from '../config/pipeline';
import { acknowledge, acknowledgeNoCopy } from '../constructs/acknowledge';
import { Notifications } from '../constructs/notifications';
import { tagEverything } from '../constructs/tag-everything';
import { ServiceBuild } from './service-build';

export interface BuildsStackProps extends StackProps {
  readonly config: Pick<PipelineConfig, 'repository' | 'branch' | 'tags' | 'notify'>;
  /** By the name of the service. */
  readonly sources: Readonly<Record<string, ServiceSource>>;
  readonly connectionArn: string;
  /** The environment in whose account and region this stack is. */
  readonly environment: string;
}

/** The builds of the services: one definition, used for each. They change nothing but the registry; a person merges what they propose. */
export class BuildsStack extends Stack {
  constructor(scope: Construct, id: string, props: BuildsStackProps) {
    const { config, sources, connectionArn, environment, ...stackProps } = props;
    super(scope, id, stackProps);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const bucket = new Bucket(this, 'Sources', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30) }],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(bucket, 'Holds what the repositories hold, for the builds; CloudTrail tells who read it', [
      'AwsSolutions-S1',
    ]);
    acknowledgeNoCopy(bucket, 'Holds what the repositories hold');
    const pipelines = Object.entries(sources).map(([service, source]) => {
      const build = { service, source, connectionArn, environment, platform: config, bucket, logGroup };
      return new ServiceBuild(this, service, build).pipeline.pipelineName;
    });
    const identifier = `platform-${environment}-builds`;
    const topic = new Notifications(this, 'Notifications', { identifier, publishers: ['events.amazonaws.com'] }).topic(
      'email',
      config.notify.emails,
    );
    const [build, stage] = ['$.detail.pipeline', '$.detail.stage'].map((path) => EventField.fromPath(path));
    new Rule(this, 'Failed', {
      description: 'A step of a build fails',
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Stage Execution State Change'],
        detail: { state: ['FAILED'], pipeline: pipelines },
      },
      targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(`${build} failed in the step ${stage}.`) })],
    });
    tagEverything(this, { Owner: config.tags.owner, CostCenter: config.tags.costCenter });
  }
}
