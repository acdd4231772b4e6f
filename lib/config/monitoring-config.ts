/** How much a finding matters: `critical` wakes somebody, `warning` waits for the morning. */
export const SEVERITIES = ['critical', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Notification, dashboards and metrics of an environment. */
export interface MonitoringConfig {
  /** Address of the runbook (docs/runbook.md) as those who are called read it; every alarm links to its heading there. */
  readonly runbookUrl: string;
  /** Whom an alarm of each severity reaches. */
  readonly notify: Readonly<Record<Severity, NotificationConfig>>;
  /** What the account may cost in a month, in US dollars; notice comes before. */
  readonly monthlyBudgetUsd: number;
  /** Days that logs and performance events of containers are kept; a value that CloudWatch Logs takes. */
  readonly containerLogRetentionDays: number;
  readonly prometheus: PrometheusConfig;
  readonly grafana: GrafanaConfig;
}

/** Where notifications go. */
export interface NotificationConfig {
  /** E-mail addresses. Each has to confirm two subscriptions, of this region's topic and of that in us-east-1. */
  readonly emails: readonly string[];
  /** A channel of Slack, whose workspace somebody has to connect in the console of AWS first. @default - none */
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };
}

/** Prometheus in the cluster. */
export interface PrometheusConfig {
  /** Days that metrics are kept. */
  readonly retentionDays: number;
  /** Its volume, in GiB. It never shrinks. */
  readonly volumeGiB: number;
}

/** Grafana in the cluster. */
export interface GrafanaConfig {
  /**
   * IPv4 networks that alone may reach it from the internet, at `domain.hosts.grafana`. Empty: it is not public at all, and reached through
   * the cluster (docs/access.md).
   */
  readonly allowedCidrs: readonly string[];
  /** Its volume, in GiB. It never shrinks. */
  readonly volumeGiB: number;
}
