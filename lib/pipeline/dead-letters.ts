import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import { notify } from '../constructs/alarms/tier-alarms';

/** How long EventBridge tries again before an event is a dead letter. The default is a day, in which nobody hears of it. */
export const RETRIES = { maxEventAge: Duration.hours(1), retryAttempts: 20 } as const;

/**
 * The events of a delivery that nothing could take: a commit that passed, but starts no pipeline, and a message to people. An alarm tells
 * of the first one, by itself: what tells people of deployments may be what fails.
 */
export const deadLetters = (scope: Construct, environment: string, topics: readonly ITopic[]): Queue => {
  const queue = new Queue(scope, 'Undelivered', {
    queueName: `platform-${environment}-deployments-undelivered`,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  acknowledge(queue, 'It holds the dead letters itself', ['AwsSolutions-SQS3']);
  const alarm = queue
    .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' })
    .createAlarm(scope, 'UndeliveredAlarm', {
      alarmName: `platform-${environment}-deployments-undelivered`,
      alarmDescription:
        `A promotion to ${environment}, or a message about its deployments, was not delivered. Read the queue of the same name. ` +
        'Start a promotion that was lost by hand: docs/delivery.md, "Lost events".',
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  for (const topic of topics) notify(alarm, topic);
  return queue;
};
