import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type DashboardProps } from './board';
import { graph, state } from './panels';

/** MySQL, as its exporter sees it from where services stand. */
export const mysql = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-mysql',
      title: 'MySQL',
      description:
        'The primary and its replicas, as services see them. The dashboard AWS shows what CloudWatch measures.',
      rows: {
        Servers: [
          state({
            title: 'Servers',
            description: 'Whether the exporter can log in to each server. If it cannot, services may be cut off too.',
            width: 8,
            height: 7,
            words: ['down', 'up'],
            queries: [{ expr: 'mysql_up', legend: '{{instance}}' }],
          }),
          state({
            title: 'Replication',
            description: 'Whether each replica receives and applies the writes of the primary.',
            width: 8,
            height: 7,
            words: ['stopped', 'follows'],
            queries: [
              {
                expr: 'min by (instance) (mysql_slave_status_replica_io_running * on (instance) mysql_slave_status_replica_sql_running)',
                legend: '{{instance}}',
              },
            ],
          }),
          graph({
            title: 'How far replicas are behind',
            description: 'Services that read from a replica get data that is this old.',
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
            description: 'Statements that clients sent to each server.',
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
            description: 'Clients whose statement runs at the moment. If there are more than cores, they wait.',
            unit: 'none',
            width: 8,
            height: 8,
            queries: [{ expr: 'mysql_global_status_threads_running', legend: '{{instance}}' }],
          }),
        ],
        Limits: [
          graph({
            title: 'Connections',
            description: 'Share of the connections in use. When all are in use, the server refuses new ones.',
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
              'Share of the reads that the buffer pool could not answer. If it stays high, the buffer pool is too small.',
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
