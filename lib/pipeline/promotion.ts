import { Stack } from 'aws-cdk-lib';
import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CfnEventBus, EventBus, EventField, Rule, RuleTargetInput, type IRuleTarget } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment';
import { RETRIES } from './dead-letters';

type Place = Pick<EnvironmentConfig, 'account' | 'region' | 'name'>;

const busName = (environment: string): string => `platform-${environment}-promotions`;

/** The event bus on which the pipeline of an environment hears of commits that passed the environment before it. */
export const busArn = ({ account, region, name }: Place): string =>
  `arn:aws:events:${region}:${account}:event-bus/${busName(name)}`;

const EVENT = { source: 'platform.delivery', detailType: 'Promotion' };

/** Name of the source action, which a promotion names to choose the commit. */
export const SOURCE_ACTION = 'Source';

/** Tells the next pipeline of the commit that passed here. The role of this step may send events to that bus, and nothing else. */
export const promotion = (source: CodePipelineSource, nextBusArn: string): CodeBuildStep =>
  new CodeBuildStep('Promote', {
    input: source,
    env: { COMMIT: source.sourceAttribute('CommitId'), BUS: nextBusArn },
    commands: [
      `aws events put-events --query FailedEntryCount --output text --entries "EventBusName=$BUS,Source=${EVENT.source},DetailType=${EVENT.detailType},Detail='{\\"commit\\":\\"$COMMIT\\"}'" | grep -x 0`,
    ],
    rolePolicyStatements: [new PolicyStatement({ actions: ['events:PutEvents'], resources: [nextBusArn] })],
  });

/** Lets a rule send its dead letters to a queue, as the targets of the library do. */
const takesFrom = ({ ruleRef }: Parameters<IRuleTarget['bind']>[0], queue: IQueue): IQueue => {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': ruleRef.ruleArn } },
    }),
  );
  return queue;
};

/**
 * Starts a pipeline for a commit that passed the environment before it. Only the account of that environment may say so. A promotion
 * that starts nothing is a dead letter.
 */
export const startAfter = (
  scope: Construct,
  before: Place,
  environment: string,
  pipeline: Pipeline,
  deadLetters: IQueue,
): void => {
  const { account, region } = Stack.of(scope);
  // The policy in the bus: that of EventBus.addToResourcePolicy warns of a deprecated property in every synthesis.
  const { ref, attrArn } = new CfnEventBus(scope, 'Promotions', {
    name: busName(environment),
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'Promote',
          principals: [new AccountPrincipal(before.account)],
          actions: ['events:PutEvents'],
          resources: [busArn({ account, region, name: environment })],
          conditions: {
            StringEquals: { 'events:source': EVENT.source, 'events:detail-type': EVENT.detailType },
            ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${before.account}:role/platform-${before.name}-pipeline-*` },
          },
        }),
      ],
    }),
  });
  const eventBus = EventBus.fromEventBusAttributes(scope, 'PromotionsBus', {
    eventBusArn: attrArn,
    eventBusName: ref,
    eventBusPolicy: '',
  });
  const role = new Role(scope, 'PromotionsRole', { assumedBy: new ServicePrincipal('events.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({ actions: ['codepipeline:StartPipelineExecution'], resources: [pipeline.pipelineArn] }),
  );
  new Rule(scope, 'Promoted', {
    description: `A commit passed ${before.name}`,
    eventBus,
    eventPattern: { source: [EVENT.source], detailType: [EVENT.detailType], account: [before.account] },
    targets: [
      {
        bind: (rule) => ({
          arn: pipeline.pipelineArn,
          role,
          deadLetterConfig: { arn: takesFrom(rule, deadLetters).queueArn },
          retryPolicy: {
            maximumEventAgeInSeconds: RETRIES.maxEventAge.toSeconds(),
            maximumRetryAttempts: RETRIES.retryAttempts,
          },
          // https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
          input: RuleTargetInput.fromObject({
            sourceRevisions: [
              {
                actionName: SOURCE_ACTION,
                revisionType: 'COMMIT_ID',
                revisionValue: EventField.fromPath('$.detail.commit'),
              },
            ],
          }),
        }),
      },
    ],
  });
};
