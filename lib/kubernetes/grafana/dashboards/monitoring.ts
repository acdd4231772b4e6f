import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type DashboardProps } from './board';
import { bars, graph, list, number } from './panels';

/** The monitoring itself: what is scraped, what Prometheus keeps, and whether alerts get through. */
export const monitoring = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-monitoring',
      title: 'Monitoring',
      description: 'What is scraped, what Prometheus keeps, and whether alerts get through.',
      rows: {
        'What is scraped': [
          bars({
            title: 'Targets that answer',
            description: 'Of those that Prometheus finds, by job. What does not answer fires no alert.',
            unit: 'percentunit',
            width: 8,
            height: 9,
            max: 1,
            bad: { warning: 1, critical: 0.9 },
            queries: [{ expr: 'avg by (job) (up)', legend: '{{job}}' }],
          }),
          list({
            title: 'Targets that do not answer',
            description: 'Nothing of them is known. The page Targets of Prometheus says why.',
            unit: 'none',
            width: 8,
            height: 9,
            expr: 'up == 0',
            columns: { job: 'job', instance: 'target' },
          }),
          graph({
            title: 'How long scrapes take',
            description: 'The slowest target of each job. After ten seconds it counts as down.',
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
            description: 'That it holds in memory. A jump is a label with too many values.',
            unit: 'short',
            width: 8,
            height: 8,
            queries: [{ expr: 'prometheus_tsdb_head_series', legend: 'series' }],
          }),
          graph({
            title: 'Series by job',
            description: 'That each job gave at its last scrape.',
            unit: 'short',
            width: 8,
            height: 8,
            stacked: true,
            queries: [{ expr: 'sum by (job) (scrape_samples_post_metric_relabeling)', legend: '{{job}}' }],
          }),
          graph({
            title: 'How long rules take',
            description: 'The last round of each group. Beyond fifteen seconds, a round is left out.',
            unit: 's',
            width: 8,
            height: 8,
            bad: { warning: 5, critical: 15 },
            queries: [{ expr: 'prometheus_rule_group_last_duration_seconds', legend: '{{rule_group}}' }],
          }),
          graph({
            title: 'Failures',
            description: 'Rules that could not be worked out, targets that were refused, blocks that were not written.',
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
            description: 'In use, of what Prometheus, Alertmanager and Grafana keep.',
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
          number({
            title: 'The watchdog',
            description: 'Always fires: an alarm of CloudWatch tells when AWS no longer hears it.',
            unit: 'none',
            width: 6,
            height: 8,
            bad: { warning: 1, critical: 0.5 },
            words: { 0: 'silent', 1: 'fires' },
            queries: [
              {
                expr: 'sum(ALERTS{alertname="Watchdog", alertstate="firing"}) or vector(0)',
                legend: 'watchdog',
              },
            ],
          }),
          graph({
            title: 'Alerts',
            description: 'That fire, by severity, the watchdog among the warnings.',
            unit: 'none',
            width: 6,
            height: 8,
            stacked: true,
            queries: [{ expr: 'sum by (severity) (ALERTS{alertstate="firing"})', legend: '{{severity}}' }],
          }),
          graph({
            title: 'Notifications',
            description: 'That Alertmanager sent to SNS.',
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
            description: 'On their way to Alertmanager, and from there to SNS. Somebody may not be told.',
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
