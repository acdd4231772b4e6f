import type { AlertingRule } from './rule';
import { JOBS } from './jobs';

/** Alerts on the monitoring itself: what would keep all others silent. */
export const MONITORING_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'Watchdog', // an alarm of CloudWatch tells when it is missing
    severity: 'warning',
    service: 'watchdog', // nothing critical may silence it
    for: '0s',
    expr: 'vector(1)',
    summary: 'Alerts reach AWS',
    description: 'It always fires, and nobody is told: its absence is what matters.',
  },
  {
    alert: 'TargetDown',
    severity: 'warning',
    service: '{{ $labels.job }}',
    for: '10m',
    expr: 'up == 0',
    summary: '{{ $labels.instance }} gives no metrics',
    description:
      'Prometheus does not get the metrics of {{ $labels.instance }} ({{ $labels.job }}): no alert on it can fire.',
  },
  ...JOBS.map((job): AlertingRule => ({
    alert: 'JobWithoutTargets',
    severity: 'warning',
    service: job,
    for: '15m',
    expr: `absent(up{job="${job}"})`,
    summary: `Prometheus finds nothing for ${job}`,
    description: `The job ${job} has no target: none of its alerts can fire.`,
  })),
  {
    alert: 'TargetTooLarge',
    severity: 'warning',
    service: 'prometheus',
    for: '0s',
    expr: 'increase(prometheus_target_scrapes_exceeded_sample_limit_total[15m]) > 0',
    summary: 'A target has more series than it may',
    description: 'A target was refused as a whole: a label of it has too many values.',
  },
  {
    alert: 'RuleFails',
    severity: 'warning',
    service: 'prometheus',
    for: '0s',
    expr: 'increase(prometheus_rule_evaluation_failures_total[15m]) > 0',
    summary: 'Prometheus cannot work out a rule',
    description: 'A rule of {{ $labels.rule_group }} fails: its alerts cannot fire.',
  },
  {
    alert: 'AlertsDropped',
    severity: 'critical',
    service: 'prometheus',
    for: '5m',
    expr: 'increase(prometheus_notifications_dropped_total[5m]) > 0',
    summary: 'Prometheus does not reach Alertmanager',
    description: 'Alerts are lost on their way to Alertmanager.',
  },
  {
    alert: 'NotificationsFail',
    severity: 'critical',
    service: 'alertmanager',
    for: '0s',
    // At least two: what fails is tried again with its group, after five minutes.
    expr: 'sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 1.5',
    summary: 'Alertmanager does not reach SNS',
    description: 'Notifications of alerts fail; those that get through may be all that is heard.',
  },
  {
    alert: 'MetricsNotStored',
    severity: 'warning',
    service: 'prometheus',
    for: '0s',
    expr: 'increase(prometheus_tsdb_compactions_failed_total[3h]) > 0 or increase(prometheus_tsdb_wal_corruptions_total[3h]) > 0',
    summary: 'Prometheus cannot keep its metrics',
    description: 'Blocks of metrics are not written, or were found broken.',
  },
];
