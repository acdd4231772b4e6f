import { Stack } from 'aws-cdk-lib';
import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { EventField, Rule, RuleTargetInput, type EventPattern } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config/pipeline';
import { Notifications } from '../constructs/notifications';
import { Slack } from '../constructs/slack';

const PIPELINE = 'CodePipeline Pipeline Execution State Change';
const STAGE = 'CodePipeline Stage Execution State Change';
const ACTION = 'CodePipeline Action Execution State Change';

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionTrigger.html */
const ROLLBACK = ['ManualRollback', 'AutomatedRollback'];

interface DeploymentEvent {
  readonly id: string;
  /** The event in words, for the list of rules. */
  readonly description: string;
  readonly detailType: string;
  readonly detail: NonNullable<EventPattern['detail']>;
  /** The message about an environment. */
  readonly says: (environment: string) => string;
}

/** By events, which come once: a metric would need an alarm for each stage that also says when it is over. */
const EVENTS: readonly DeploymentEvent[] = [
  {
    id: 'Started',
    description: 'A deployment begins',
    detailType: PIPELINE,
    detail: { state: ['STARTED'], 'execution-trigger': { 'trigger-type': [{ 'anything-but': ROLLBACK }] } },
    says: (environment) => `A deployment of ${environment} began.`,
  },
  {
    id: 'Waits',
    description: 'A deployment waits for a person',
    detailType: ACTION,
    detail: { state: ['STARTED'], type: { category: ['Approval'] } },
    says: (environment) => `A deployment of ${environment} waits for you. Read the review, then approve or reject it.`,
  },
  {
    id: 'Deployed',
    description: 'A deployment has succeeded',
    detailType: PIPELINE,
    detail: { state: ['SUCCEEDED'] },
    says: (environment) => `A deployment of ${environment} succeeded.`,
  },
  {
    id: 'Failed',
    description: 'A stage of the pipeline fails',
    detailType: STAGE,
    detail: { state: ['FAILED'] },
    says: (environment) =>
      `A deployment of ${environment} failed in the stage ${EventField.fromPath('$.detail.stage')}.`,
  },
  {
    id: 'RollsBack',
    description: 'The pipeline rolls back',
    detailType: PIPELINE,
    detail: { state: ['STARTED'], 'execution-trigger': { 'trigger-type': ROLLBACK } },
    says: (environment) => `The pipeline rolls ${environment} back to the last deployment that succeeded.`,
  },
];

/** Notifies people of deployments: by e-mail in words, and in a channel of Slack. */
export const notifyOfDeployments = (
  scope: Construct,
  environment: string,
  pipeline: Pipeline,
  { emails, slack }: PipelineConfig['notify'],
  manualApproval: boolean,
): void => {
  const identifier = `platform-${environment}-deployments`;
  const notifications = new Notifications(scope, 'Notifications', { identifier, publishers: ['events.amazonaws.com'] });
  const mail = notifications.topic('email', emails);
  const chat = slack && notifications.topic('slack', []);
  const { region } = Stack.of(scope);
  const console = `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${pipeline.pipelineName}/executions/${EventField.fromPath('$.detail.execution-id')}/timeline?region=${region}`;
  for (const { id, description, detailType, detail, says } of EVENTS.filter(
    (each) => manualApproval || each.id !== 'Waits',
  ))
    new Rule(scope, id, {
      description,
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: [detailType],
        detail: { ...detail, pipeline: [pipeline.pipelineName] },
      },
      targets: [
        new SnsTopic(mail, { message: RuleTargetInput.fromText(`${says(environment)} ${console}`) }),
        // Amazon Q in chat applications shows only messages that it knows:
        // https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
        ...(chat
          ? [
              new SnsTopic(chat, {
                message: RuleTargetInput.fromObject({
                  version: '1.0',
                  source: 'custom',
                  content: { textType: 'client-markdown', title: says(environment), description: console },
                }),
              }),
            ]
          : []),
      ],
    });
  if (slack && chat) new Slack(scope, 'Slack', { identifier, channels: [{ ...slack, topicArns: [chat.topicArn] }] });
};
