import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type DashboardProps } from './board';
import { graph, number } from './panels';

/** MySQL, as its exporter sees it from where services stand. */
export const mysql = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-mysql',
      title: 'MySQL',
      description:
        'The primary and its replicas, from where services stand. What AWS says of them is on the dashboard AWS.',
      rows: {
        Servers: [
          number({
            title: 'Servers',
            description: 'Whether each lets the exporter in. Where it does not, services may be cut off too.',
            unit: 'none',
            width: 8,
            height: 7,
            bad: { warning: 1, critical: 0.5 },
            words: { 0: 'down', 1: 'up' },
            queries: [{ expr: 'mysql_up', legend: '{{instance}}' }],
          }),
          number({
            title: 'Replication',
            description: 'Whether each replica reads and carries out what the primary writes.',
            unit: 'none',
            width: 8,
            height: 7,
            bad: { warning: 1, critical: 0.5 },
            words: { 0: 'stopped', 1: 'follows' },
            queries: [
              {
                expr: 'min by (instance) (mysql_slave_status_replica_io_running * on (instance) mysql_slave_status_replica_sql_running)',
                legend: '{{instance}}',
              },
            ],
          }),
          graph({
            title: 'How far replicas are behind',
            description: 'Who reads from one gets what was written so long ago.',
            unit: 's',
            width: 8,
            height: 7,
            bad: { warning: 10, critical: 60 },
            queries: [{ expr: 'mysql_slave_status_seconds_behind_source', legend: '{{instance}}' }],
          }),
        ],
        Load: [
          graph({
            title: 'Queries',
            description: 'Statements that clients sent.',
            unit: 'ops',
            width: 8,
            height: 8,
            queries: [{ expr: 'rate(mysql_global_status_questions[$__rate_interval])', legend: '{{instance}}' }],
          }),
          graph({
            title: 'Slow queries',
            description: 'Statements that took longer than `long_query_time`. Their text is in the slow query log.',
            unit: 'ops',
            width: 8,
            height: 8,
            queries: [{ expr: 'rate(mysql_global_status_slow_queries[$__rate_interval])', legend: '{{instance}}' }],
          }),
          graph({
            title: 'Running threads',
            description: 'Clients whose statement is carried out at the moment. More than it has cores: they wait.',
            unit: 'none',
            width: 8,
            height: 8,
            queries: [{ expr: 'mysql_global_status_threads_running', legend: '{{instance}}' }],
          }),
        ],
        Limits: [
          graph({
            title: 'Connections',
            description: 'In use, of those that the server takes. At the end, new ones are refused.',
            unit: 'percentunit',
            width: 12,
            height: 8,
            max: 1,
            bad: { warning: 0.8, critical: 0.95 },
            queries: [
              {
                expr: 'mysql_global_status_threads_connected / mysql_global_variables_max_connections',
                legend: '{{instance}}',
              },
            ],
          }),
          graph({
            title: 'Reads from the disk',
            description:
              'Share of the reads that the buffer pool could not answer. It is too small where that stays high.',
            unit: 'percentunit',
            width: 12,
            height: 8,
            queries: [
              {
                expr:
                  'rate(mysql_global_status_innodb_buffer_pool_reads[$__rate_interval]) / ' +
                  'rate(mysql_global_status_innodb_buffer_pool_read_requests[$__rate_interval])',
                legend: '{{instance}}',
              },
            ],
          }),
        ],
      },
    },
    props,
  );
