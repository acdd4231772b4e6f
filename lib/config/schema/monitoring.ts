import * as z from 'zod/mini';
import { SEVERITIES } from '../../model/names';
import { block, count, email, list, retention, text, wholeNumber } from './fields';
import { each, group, type Config } from './group';

/** Where notifications go. */
export const notification = group({
  /** E-mail addresses. Each confirms the subscription of each topic once: of alarms, there is one in this region and one in us-east-1. */
  emails: list(email()),
  /** A channel of Slack, whose workspace somebody has to connect in the console of AWS first. @default - none */
  slack: z.optional(
    group({
      workspaceId: text('write the id that Slack shows, T…', /^T[A-Z0-9]{1,254}$/),
      channelId: text('write the id that Slack shows, C…', /^[CG][A-Z0-9]{1,254}$/),
    }),
  ),
});
export type NotificationConfig = Config<typeof notification>;

/** Prometheus in the cluster. */
const prometheus = group({
  /** Days that metrics are kept. */
  retentionDays: wholeNumber(1, 365),
  /** Its volume, in GiB. It never shrinks. */
  volumeGiB: count(),
});
export type PrometheusConfig = Config<typeof prometheus>;

/** Grafana in the cluster. */
const grafana = group({
  /**
   * IPv4 networks that alone may reach it from the internet, at `domain.hosts.grafana`. Empty: it is not public at all, and reached through
   * the cluster (docs/access.md).
   */
  allowedCidrs: list(
    block('write an IPv4 network like 198.51.100.0/24, without bits behind its prefix; a single address is a /32'),
  ),
  /** Its volume, in GiB. It never shrinks. */
  volumeGiB: count(),
});
export type GrafanaConfig = Config<typeof grafana>;

/**
 * An alarm's description has 1,024 characters, and says what the alarm means too:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html. In the templates of EventBridge, which tell
 * of the events of RDS, quotes, backslashes and < > mean something else: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const MAX_OF_AN_ADDRESS = 512;

/** AWS Budgets takes digits and a point: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Spend.html */
const MAX_USD = 1e9;
const BUDGET = `choose 1 to ${MAX_USD}`;

/** Notification, dashboards and metrics of an environment. */
export const monitoring = group({
  /** Address of the runbook (docs/runbook.md) as those who are called read it; every alarm links to its heading there. */
  runbookUrl: text(
    `write an address like https://example.com/runbook, of up to ${MAX_OF_AN_ADDRESS} letters, digits and . _ ~ : / ? @ ! & ( ) * + , ; = % -`,
    new RegExp(`^(?=.{1,${MAX_OF_AN_ADDRESS}}$)https://[A-Za-z0-9][\\w.~:/?@!&()*+,;=%-]*$`),
  ),
  /** Receivers of an alarm, by its severity. */
  notify: each(SEVERITIES, notification),
  /**
   * Notifies once a day while a resource is not as its stack says, because somebody has changed it by hand (docs/drift.md). Detection
   * itself costs nothing, and the function a few cents a month.
   */
  driftCheck: z.boolean(),
  /** Minutes after a deployment in which a critical alarm rolls it back: of a pipeline, and of `npm run deploy`. */
  bakeMinutes: wholeNumber(1, 60),
  /** The limit of the account's cost in a month, in US dollars; AWS Budgets notifies before it is reached. */
  monthlyBudgetUsd: z.number(BUDGET).check(z.minimum(1, BUDGET), z.maximum(MAX_USD, BUDGET)),
  /** Days that logs and performance events of containers are kept; a value that CloudWatch Logs takes. */
  containerLogRetentionDays: retention(),
  prometheus,
  grafana,
});
export type MonitoringConfig = Config<typeof monitoring>;
