import { EventField, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { eventMessage } from './event-message';

/** Jobs of AWS Backup, and how each says that it failed: https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
const JOBS = {
  Backup: { field: 'state', failed: ['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'] },
  Copy: { field: 'state', failed: ['FAILED', 'PARTIAL'] },
  Restore: { field: 'status', failed: ['FAILED', 'ABORTED'] },
} as const;

export interface BackupEventsProps {
  readonly topic: ITopic;
  /** A channel of Slack is among the topic's subscribers: it shows messages of one form only, which e-mails then have too. */
  readonly slack: boolean;
  /** Address of the runbook. */
  readonly runbookUrl: string;
}

/** Tells a topic of each job of AWS Backup that failed. Of jobs that nobody started, an alarm tells. */
export const backupEvents = (scope: Construct, id: string, { topic, slack, runbookUrl }: BackupEventsProps): void => {
  for (const [job, { field, failed }] of Object.entries(JOBS)) {
    const [type, state] = ['resourceType', field].map((name) => EventField.fromPath(`$.detail.${name}`));
    const title = `AWS Backup: a ${job.toLowerCase()} job of ${type} is ${state}`;
    const description = `${runbookUrl}#copies-age`;
    new Rule(scope, `${id}-${job}`, {
      description: `Sends the ${job.toLowerCase()} jobs that fail to the topic`,
      eventPattern: {
        source: ['aws.backup'],
        detailType: [`${job} Job State Change`],
        detail: { [field]: [...failed] },
      },
      targets: [
        new SnsTopic(topic, { message: eventMessage({ slack, title, description, text: `${title}. ${description}` }) }),
      ],
    });
  }
};
