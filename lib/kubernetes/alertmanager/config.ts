import { stringify } from 'yaml';
import { SEVERITIES, type Severity } from '../../config/environment';
import { SLACK, SUBJECT, TEXT } from './messages';

/** A topic of SNS, and who reads it. */
export interface AlertTopic {
  readonly arn: string;
  /** A channel of Slack is among its subscribers: it shows messages of one form only, which e-mails then have too. */
  readonly slack: boolean;
}

export interface AlertmanagerConfigProps {
  readonly topics: Readonly<Record<Severity, AlertTopic>>;
  /** ARN of the topic that hears that alerts get through. */
  readonly heartbeatTopicArn: string;
  readonly region: string;
}

/** The alert that always fires. */
export const WATCHDOG = 'Watchdog';

/** The critical alert that topics refuse what is sent to them. */
const UNHEARD = 'NotificationsFail';

/** After how long an alert that goes on is told again. */
const REPEAT: Readonly<Record<Severity, string>> = { critical: '1h', warning: '12h' };

const receiver = (name: Severity, { arn, slack }: AlertTopic, region: string) => ({
  name,
  sns_configs: [
    {
      topic_arn: arn,
      sigv4: { region },
      send_resolved: true,
      subject: SUBJECT,
      message: slack ? SLACK : TEXT,
    },
  ],
});

/** alertmanager.yml: receivers of alerts. Alerts of one kind on one service are one message; a critical one silences its warnings. */
export const alertmanagerConfig = ({ topics, heartbeatTopicArn, region }: AlertmanagerConfigProps): string =>
  stringify(
    {
      route: {
        receiver: 'warning',
        group_by: ['alertname', 'service'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: REPEAT.warning,
        routes: [
          {
            matchers: [`alertname="${WATCHDOG}"`],
            receiver: 'heartbeat',
            group_wait: '0s',
            group_interval: '1m',
            repeat_interval: '4m',
          },
          // Also by the way that is left, if one topic is broken.
          { matchers: [`alertname="${UNHEARD}"`], receiver: 'warning', continue: true },
          ...SEVERITIES.map((severity) => ({
            matchers: [`severity="${severity}"`],
            receiver: severity,
            repeat_interval: REPEAT[severity],
          })),
        ],
      },
      inhibit_rules: [
        { source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ['service'] },
      ],
      receivers: [
        ...SEVERITIES.map((severity) => receiver(severity, topics[severity], region)),
        {
          name: 'heartbeat',
          sns_configs: [
            {
              topic_arn: heartbeatTopicArn,
              sigv4: { region },
              send_resolved: false,
              subject: 'Heartbeat of Alertmanager', // its own would list every label
              message: 'Alerts of Prometheus reach AWS.',
            },
          ],
        },
      ],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
