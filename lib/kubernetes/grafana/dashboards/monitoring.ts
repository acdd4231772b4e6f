import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type DashboardProps } from './board';
import { bars, graph, list, state } from './panels';

/** The monitoring itself: scrapes, the series that Prometheus keeps, and whether alerts get through. */
export const monitoring = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-monitoring',
      title: 'Monitoring',
      description: 'The targets and the storage of Prometheus, and whether its alerts reach people.',
      rows: {
        'What is scraped': [
          bars({
            title: 'Targets that answer',
            description:
              'Share of the targets of each job that answer. No alert can fire on a target that does not answer.',
            unit: 'percentunit',
            width: 8,
            height: 9,
            max: 1,
            bad: { warning: 1, critical: 0.9 },
            queries: [{ expr: 'avg by (job) (up)', legend: '{{job}}' }],
          }),
          list({
            title: 'Targets that do not answer',
            description: 'Targets without metrics. The page Targets of Prometheus shows the reason.',
            unit: 'none',
            width: 8,
            height: 9,
            expr: 'up == 0',
            columns: { job: 'job', instance: 'target' },
          }),
          graph({
            title: 'How long scrapes take',
            description: 'Scrape time of the slowest target of each job. After ten seconds, a target counts as down.',
            unit: 's',
            width: 8,
            height: 9,
            bad: { warning: 5, critical: 10 },
            queries: [{ expr: 'max by (job) (scrape_duration_seconds)', legend: '{{job}}' }],
          }),
        ],
        Prometheus: [
          graph({
            title: 'Series',
            description: 'Series in the memory of Prometheus. A jump means that a label has too many values.',
            unit: 'short',
            width: 8,
            height: 8,
            queries: [{ expr: 'prometheus_tsdb_head_series', legend: 'series' }],
          }),
          graph({
            title: 'Series by job',
            description: 'Series that each job returned in its last scrape.',
            unit: 'short',
            width: 8,
            height: 8,
            stacked: true,
            queries: [{ expr: 'sum by (job) (scrape_samples_post_metric_relabeling)', legend: '{{job}}' }],
          }),
          graph({
            title: 'How long rules take',
            description:
              'Duration of the last evaluation of each group. After fifteen seconds, Prometheus skips an evaluation.',
            unit: 's',
            width: 8,
            height: 8,
            bad: { warning: 5, critical: 15 },
            queries: [{ expr: 'prometheus_rule_group_last_duration_seconds', legend: '{{rule_group}}' }],
          }),
          graph({
            title: 'Failures',
            description: 'Failed rule evaluations, rejected targets and blocks that could not be written.',
            unit: 'none',
            width: 12,
            height: 8,
            bad: { warning: 1, critical: 10 },
            queries: [
              { expr: 'sum(increase(prometheus_rule_evaluation_failures_total[15m]))', legend: 'rules' },
              {
                expr: 'sum(increase(prometheus_target_scrapes_exceeded_sample_limit_total[15m]))',
                legend: 'targets refused',
              },
              { expr: 'sum(increase(prometheus_tsdb_compactions_failed_total[15m]))', legend: 'compactions' },
              { expr: 'sum(increase(prometheus_tsdb_wal_corruptions_total[15m]))', legend: 'corruptions' },
            ],
          }),
          graph({
            title: 'Volumes',
            description: 'Space in use on the volumes of Prometheus, Alertmanager and Grafana.',
            unit: 'percentunit',
            width: 12,
            height: 8,
            max: 1,
            bad: { warning: 0.85, critical: 0.95 },
            queries: [
              {
                expr:
                  '1 - max by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{namespace="platform-monitoring"} / ' +
                  'kubelet_volume_stats_capacity_bytes{namespace="platform-monitoring"})',
                legend: '{{persistentvolumeclaim}}',
              },
            ],
          }),
        ],
        Alerts: [
          state({
            title: 'The watchdog',
            description: 'This alert always fires. A CloudWatch alarm notifies when it no longer reaches AWS.',
            width: 6,
            height: 8,
            words: ['silent', 'fires'],
            queries: [
              {
                expr: 'sum(ALERTS{alertname="Watchdog", alertstate="firing"}) or vector(0)',
                legend: 'watchdog',
              },
            ],
          }),
          graph({
            title: 'Alerts',
            description: 'Firing alerts by severity. The warnings include the watchdog.',
            unit: 'none',
            width: 6,
            height: 8,
            stacked: true,
            queries: [{ expr: 'sum by (severity) (ALERTS{alertstate="firing"})', legend: '{{severity}}' }],
          }),
          graph({
            title: 'Notifications',
            description: 'Notifications that Alertmanager sent to SNS.',
            unit: 'none',
            width: 6,
            height: 8,
            queries: [
              {
                expr: 'sum by (integration) (increase(alertmanager_notifications_total[5m]))',
                legend: '{{integration}}',
              },
            ],
          }),
          graph({
            title: 'Lost alerts',
            description:
              'Alerts lost on the way to Alertmanager, or from there to SNS. Nobody may be notified of them.',
            unit: 'none',
            width: 6,
            height: 8,
            bad: { warning: 0.5, critical: 1 },
            queries: [
              { expr: 'sum(increase(prometheus_notifications_dropped_total[5m]))', legend: 'to Alertmanager' },
              { expr: 'sum(increase(alertmanager_notifications_failed_total[5m]))', legend: 'to SNS' },
            ],
          }),
        ],
      },
    },
    props,
  );
