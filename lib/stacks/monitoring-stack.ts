import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MonitoringConfig, Severity } from '../config/environment';
import { Notifications } from '../constructs/notifications';

export interface MonitoringStackProps extends StackProps {
  /** Beginning of the names of what it makes: `platform-prod`. */
  readonly identifier: string;
  readonly config: MonitoringConfig;
}

/** What publishes to the topics of the home region. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com', 'budgets.amazonaws.com'];

/** Who hears of what goes wrong in the home region. */
export class MonitoringStack extends Stack {
  /** Where findings of each severity go. */
  readonly topics: Readonly<Record<Severity, ITopic>>;
  /** Encrypts the topics: what publishes with a role needs `kms:GenerateDataKey*` and `kms:Decrypt` with it. */
  readonly topicKey: IKey;

  constructor(scope: Construct, id: string, { identifier, config, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    const { critical, warning } = config.notify;
    const notifications = new Notifications(this, 'Notifications', { identifier, publishers: PUBLISHERS });
    this.topics = {
      critical: notifications.topic('critical', critical.emails),
      warning: notifications.topic('warning', warning.emails),
    };
    this.topicKey = notifications.key;
  }
}
