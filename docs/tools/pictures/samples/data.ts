import { JOBS } from '../../../../lib/kubernetes/prometheus/jobs';
import { ALERTS, RECORDS } from '../../../../lib/kubernetes/prometheus/rules';
import { between, counter, gauge, type Values } from './series';
import { INCIDENT } from './time';

const GIB = 2 ** 30;

const MYSQL = ['primary', 'replica-1', 'replica-2'].map((name) => `${name}.mysql:3306`);

const mysql = (instance: string, i: number): readonly string[] => {
  const labels = { job: 'mysql', instance };
  return [
    gauge('mysql_up', labels, 1),
    counter('mysql_global_status_questions', labels, between(instance, 310, 420, 760)),
    counter('mysql_global_status_slow_queries', labels, between(instance, 0, 0.02, 0.6)),
    counter('mysql_global_status_innodb_buffer_pool_reads', labels, between(instance, 4, 9)),
    counter('mysql_global_status_innodb_buffer_pool_read_requests', labels, between(instance, 5200, 6900)),
    gauge('mysql_global_status_threads_running', labels, (minute) => Math.round(between(instance, 2, 5, 14)(minute))),
    gauge('mysql_global_status_threads_connected', labels, (minute) =>
      Math.round(between(instance, 70, 95, 150)(minute)),
    ),
    gauge('mysql_global_variables_max_connections', labels, 256),
    ...(i === 0
      ? []
      : [
          gauge('mysql_slave_status_replica_io_running', labels, 1),
          gauge('mysql_slave_status_replica_sql_running', labels, 1),
          gauge('mysql_slave_status_seconds_behind_source', labels, between(instance, 0, 1, 14)),
        ]),
  ];
};

const REDIS = ['0001', '0002', '0003'].flatMap((shard) => [`${shard}-001`, `${shard}-002`]);

const redis = (node: string): readonly string[] => {
  const labels = { job: 'redis', instance: `rediss://${node}.redis:6379` };
  return [
    gauge('redis_up', labels, 1),
    counter('redis_commands_processed_total', labels, between(node, 210, 320, 480)),
    counter('redis_keyspace_hits_total', labels, between(node, 150, 220)),
    counter('redis_keyspace_misses_total', labels, between(node, 9, 16)),
    counter('redis_evicted_keys_total', labels, 0),
    gauge('redis_connected_clients', labels, (minute) => Math.round(between(node, 18, 26)(minute))),
    gauge('redis_memory_used_bytes', labels, between(node, 1.3 * GIB, 1.5 * GIB)),
    gauge('redis_memory_max_bytes', labels, 3 * GIB),
    ...(node.endsWith('002') ? [gauge('redis_master_link_up', labels, 1)] : []),
  ];
};

/** The scraped targets: one of them stops to answer in the incident. */
const target = (job: string, i: number): readonly string[] => {
  const up: Values = (minute) => Number(job !== 'platform-services' || minute < INCIDENT);
  const of = ['a', 'b', 'c'].map((name) => ({ job, instance: `10.128.${i}.${name.charCodeAt(0)}:9090` }));
  return of.flatMap((labels, at) => [
    ...(job === 'kubernetes-nodes' ? [] : [gauge('up', labels, at === 0 ? up : 1)]), // nodes have labels of their own
    gauge('scrape_duration_seconds', labels, between(job, 0.01 * (i + 1), 0.03 * (i + 1))),
    gauge('scrape_samples_post_metric_relabeling', labels, 400 * (i + 1)),
  ]);
};

const prometheus = (): readonly string[] => {
  const labels = { job: 'prometheus', instance: 'localhost:9090' };
  const never = [
    'prometheus_notifications_dropped_total',
    'prometheus_rule_evaluation_failures_total',
    'prometheus_target_scrapes_exceeded_sample_limit_total',
    'prometheus_tsdb_compactions_failed_total',
    'prometheus_tsdb_wal_corruptions_total',
  ];
  return [
    gauge('prometheus_tsdb_head_series', labels, between('series', 61_000, 66_000)),
    ...never.map((metric) => counter(metric, labels, 0)),
    ...Object.keys({ ...RECORDS, ...ALERTS }).map((rule_group) =>
      gauge('prometheus_rule_group_last_duration_seconds', { ...labels, rule_group }, between(rule_group, 0.004, 0.02)),
    ),
    counter('alertmanager_notifications_failed_total', { job: 'alertmanager', integration: 'sns' }, 0),
    counter(
      'alertmanager_notifications_total',
      { job: 'alertmanager', integration: 'sns' },
      between('sent', 0.003, 0.004, 0.03),
    ),
  ];
};

/** Series of MySQL, Redis and the monitoring about themselves. */
export const dataSeries = (): readonly string[] => [
  ...MYSQL.flatMap(mysql),
  ...REDIS.flatMap(redis),
  ...JOBS.flatMap(target),
  ...prometheus(),
];
