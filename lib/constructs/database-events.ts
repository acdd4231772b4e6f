import { EventField, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Severity } from '../config/environment';
import { eventMessage } from './event-message';

/**
 * Events of RDS instances: a failure is critical, a failover has already helped.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
 */
const CATEGORIES: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['failure'],
  warning: ['failover', 'low storage', 'read replica'],
};

export interface DatabaseEventsProps {
  /** Identifier of the primary; those of replicas begin with it. The account may have other databases, which are of others. */
  readonly identifier: string;
  readonly severity: Severity;
  readonly topic: ITopic;
  /** A channel of Slack is among the topic's subscribers: it shows messages of one form only, which e-mails then have too. */
  readonly slack: boolean;
  /** Address of the runbook. */
  readonly runbookUrl: string;
}

/** Tells a topic of the events of an environment's instances. By EventBridge: of what RDS itself publishes, Slack shows nothing. */
export const databaseEvents = (scope: Construct, id: string, props: DatabaseEventsProps): Rule => {
  const { identifier, severity, topic, slack, runbookUrl } = props;
  const [instance, message] = ['SourceIdentifier', 'Message'].map((field) => EventField.fromPath(`$.detail.${field}`));
  const title = `RDS ${severity}: ${instance}`;
  const description = `${message} ${runbookUrl}#mysql`;
  return new Rule(scope, id, {
    description: `Sends the ${severity} events of the RDS instances to the topic of that severity`,
    eventPattern: {
      source: ['aws.rds'],
      detailType: ['RDS DB Instance Event'],
      detail: {
        EventCategories: [...CATEGORIES[severity]],
        SourceIdentifier: [identifier, ...Match.prefix(`${identifier}-replica-`)],
      },
    },
    targets: [
      new SnsTopic(topic, { message: eventMessage({ slack, title, description, text: `${title}: ${description}` }) }),
    ],
  });
};
