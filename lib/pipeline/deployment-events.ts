import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { EventField, Rule, RuleTargetInput, type EventPattern } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import { RETRIES } from './dead-letters';
import { NAMESPACE } from './figures';

const PIPELINE = 'CodePipeline Pipeline Execution State Change';
const STAGE = 'CodePipeline Stage Execution State Change';
const ACTION = 'CodePipeline Action Execution State Change';

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionTrigger.html */
const ROLLBACK = ['ManualRollback', 'AutomatedRollback'];

interface DeploymentEvent {
  /** The name by which the function knows it. */
  readonly id: 'Started' | 'Waits' | 'Ended' | 'Failed' | 'RollsBack';
  /** A sentence for the list of rules. */
  readonly description: string;
  readonly detailType: string;
  readonly detail: NonNullable<EventPattern['detail']>;
}

/** Events of CodePipeline that people hear of: https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
const EVENTS: readonly DeploymentEvent[] = [
  {
    id: 'Started',
    description: 'A deployment has its commit',
    detailType: ACTION,
    detail: { state: ['SUCCEEDED'], type: { category: ['Source'] } },
  },
  {
    id: 'Waits',
    description: 'A deployment waits for a person',
    detailType: ACTION,
    detail: { state: ['STARTED'], type: { category: ['Approval'] } },
  },
  {
    id: 'Ended',
    description: 'A deployment, or a way back, has succeeded',
    detailType: PIPELINE,
    detail: { state: ['SUCCEEDED'] },
  },
  {
    id: 'Failed',
    description: 'A stage of the pipeline fails',
    detailType: STAGE,
    detail: { state: ['FAILED'] },
  },
  {
    id: 'RollsBack',
    description: 'The pipeline rolls back',
    detailType: PIPELINE,
    detail: { state: ['STARTED'], 'execution-trigger': { 'trigger-type': ROLLBACK } },
  },
];

export interface DeploymentEventsProps {
  readonly environment: string;
  readonly pipeline: Pipeline;
  /** Where the review of an execution is read, which the link names `EXECUTION`. */
  readonly reviewUrl: string;
  readonly manualApproval: boolean;
  readonly mail: ITopic;
  /** @default - no channel of Slack */
  readonly chat?: ITopic | undefined;
  readonly logGroup: ILogGroup;
  readonly deadLetters: IQueue;
}

/** The code of the function as it runs. */
export const deploymentsCode = (): string => readFileSync(join(__dirname, 'deployments.py'), 'utf8');

/**
 * Notifies people of deployments, and measures them. No event of CodePipeline has the commit, nor how long something took: the
 * function asks CodePipeline. By events, which come once: a metric would need an alarm for each stage that also says when it is over.
 */
export const followDeployments = (scope: Construct, props: DeploymentEventsProps): void => {
  const { environment, pipeline, reviewUrl, manualApproval, mail, chat, logGroup, deadLetters } = props;
  const { region } = Stack.of(scope);
  const role = new Role(scope, 'DeploymentsRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['GetPipelineExecution', 'ListActionExecutions', 'ListPipelineExecutions'].map(
        (action) => `codepipeline:${action}`,
      ),
      resources: [pipeline.pipelineArn],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
    }),
  );
  const topics = [mail, ...(chat ? [chat] : [])];
  for (const topic of topics) topic.grantPublish(role);
  const follower = new Function(scope, 'Deployments', {
    description: `Tells people of the deployments of ${environment}, and measures them`,
    runtime: Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: Code.fromInline(deploymentsCode()),
    timeout: Duration.minutes(1),
    environment: {
      ENVIRONMENT: environment,
      PIPELINE: pipeline.pipelineName,
      NAMESPACE,
      MAIL: mail.topicArn,
      CHAT: chat?.topicArn ?? '',
      REVIEW: reviewUrl,
      CONSOLE: `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines`,
    },
    role,
    logGroup,
    deadLetterQueue: deadLetters,
  });
  acknowledge(follower, 'The newest Python that every region has', ['AwsSolutions-L1']);
  acknowledge(
    role,
    'Metrics have no ARN: the condition names their namespace. Topics are encrypted with their own key',
    ['AwsSolutions-IAM5[Resource::*]', 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]'],
  );
  for (const { id, description, detailType, detail } of EVENTS.filter((each) => manualApproval || each.id !== 'Waits'))
    new Rule(scope, id, {
      description,
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: [detailType],
        detail: { ...detail, pipeline: [pipeline.pipelineName] },
      },
      targets: [
        new LambdaFunction(follower, {
          ...RETRIES,
          deadLetterQueue: deadLetters,
          event: RuleTargetInput.fromObject({
            kind: id,
            time: EventField.time,
            execution: EventField.fromPath('$.detail.execution-id'),
            ...(detailType === STAGE && { stage: EventField.fromPath('$.detail.stage') }),
          }),
        }),
      ],
    });
};
