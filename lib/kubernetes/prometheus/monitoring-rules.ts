import type { AlertingRule } from './rule';
import { JOBS } from './jobs';

/** Alerts on the monitoring itself, on faults that would keep all others silent. */
export const MONITORING_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'Watchdog', // an alarm of CloudWatch tells when it is missing
    severity: 'warning',
    service: 'watchdog', // nothing critical may silence it
    for: '0s',
    expr: 'vector(1)',
    summary: 'Alerts reach AWS',
    description:
      'This alert always fires and notifies nobody. When it is missing, the CloudWatch alarm telemetry-silent notifies.',
  },
  {
    alert: 'TargetDown',
    severity: 'warning',
    service: '{{ $labels.job }}',
    for: '10m',
    expr: 'up == 0',
    summary: 'Prometheus gets no metrics from {{ $labels.instance }}',
    description:
      'Prometheus cannot read the metrics of {{ $labels.instance }} ({{ $labels.job }}). No alert about it can fire.',
  },
  ...JOBS.map((job): AlertingRule => ({
    alert: 'JobWithoutTargets',
    severity: 'warning',
    service: job,
    for: '15m',
    expr: `absent(up{job="${job}"})`,
    summary: `Prometheus finds no target for ${job}`,
    description: `The scrape job ${job} has no target. None of its alerts can fire.`,
  })),
  {
    alert: 'TargetTooLarge',
    severity: 'warning',
    service: 'prometheus',
    for: '0s',
    expr: 'increase(prometheus_target_scrapes_exceeded_sample_limit_total[15m]) > 0',
    summary: 'A target exports too many series',
    description: 'Prometheus rejects all metrics of a target because one of its labels has too many values.',
  },
  {
    alert: 'RuleFails',
    severity: 'warning',
    service: 'prometheus',
    for: '0s',
    expr: 'increase(prometheus_rule_evaluation_failures_total[15m]) > 0',
    summary: 'Prometheus cannot evaluate a rule',
    description: 'A rule of {{ $labels.rule_group }} fails. Its alerts cannot fire.',
  },
  {
    alert: 'AlertsDropped',
    severity: 'critical',
    service: 'prometheus',
    for: '5m',
    expr: 'increase(prometheus_notifications_dropped_total[5m]) > 0',
    summary: 'Prometheus cannot reach Alertmanager',
    description: 'Alerts are lost on their way to Alertmanager. Nobody is notified of them.',
  },
  {
    alert: 'NotificationsFail',
    severity: 'critical',
    service: 'alertmanager',
    for: '0s',
    // At least two: a notification that fails is tried again with its group, after five minutes.
    expr: 'sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 1.5',
    summary: 'Alertmanager cannot publish to SNS',
    description: 'Notifications fail. Other alerts may be firing that nobody is notified of.',
  },
  {
    alert: 'MetricsNotStored',
    severity: 'warning',
    service: 'prometheus',
    for: '0s',
    expr: 'increase(prometheus_tsdb_compactions_failed_total[3h]) > 0 or increase(prometheus_tsdb_wal_corruptions_total[3h]) > 0',
    summary: 'Prometheus cannot store its metrics',
    description: 'Prometheus failed to write blocks of metrics, or found corrupt ones. Metrics may be missing.',
  },
];
