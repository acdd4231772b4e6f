import type { AlertingRule } from './rule';

/** Alerts on MySQL and Redis, as the exporters see them from where services stand. What AWS says of them, CloudWatch tells. All servers are one message. */
export const DATA_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'MysqlUnreachable',
    severity: 'critical',
    service: 'mysql',
    for: '3m',
    expr: 'mysql_up{role="primary"} == 0',
    summary: 'The primary of MySQL does not answer',
    description: 'The exporter cannot log in to {{ $labels.instance }}: services may be cut off too.',
  },
  {
    alert: 'MysqlReplicaUnreachable',
    severity: 'warning',
    service: 'mysql',
    for: '5m',
    expr: 'mysql_up{role="replica"} == 0',
    summary: 'The replica {{ $labels.instance }} does not answer',
    description: 'The exporter cannot log in to {{ $labels.instance }}: who reads there may be cut off too.',
  },
  {
    alert: 'MysqlReplicationStopped',
    severity: 'warning',
    service: 'mysql',
    for: '5m',
    expr: 'mysql_slave_status_replica_io_running == 0 or mysql_slave_status_replica_sql_running == 0',
    summary: 'The replica {{ $labels.instance }} no longer follows',
    description: 'Who reads from {{ $labels.instance }} gets what was written before it stopped.',
  },
  {
    alert: 'MysqlReplicaLags',
    severity: 'warning',
    service: 'mysql',
    for: '10m',
    expr: 'mysql_slave_status_seconds_behind_source > 60',
    summary: 'The replica {{ $labels.instance }} is behind',
    description: 'Who reads from {{ $labels.instance }} gets what was written {{ $value | humanizeDuration }} ago.',
  },
  {
    alert: 'MysqlConnectionsNearLimit',
    severity: 'warning',
    service: 'mysql',
    for: '10m',
    expr: 'mysql_global_status_threads_connected / mysql_global_variables_max_connections > 0.8',
    summary: '{{ $labels.instance }} has few connections left',
    description:
      '{{ $value | humanizePercentage }} of the connections of {{ $labels.instance }} are in use; then new ones are refused.',
  },
  {
    alert: 'RedisUnreachable',
    severity: 'critical',
    service: 'redis',
    for: '3m',
    expr: 'max by (shard) (redis_up) == 0',
    summary: 'No node of shard {{ $labels.shard }} of Redis answers',
    description: 'The exporter cannot log in to any node of shard {{ $labels.shard }}: services may miss its keys too.',
  },
  {
    alert: 'RedisNodeUnreachable',
    severity: 'warning',
    service: 'redis',
    for: '10m',
    expr: 'redis_up == 0',
    summary: 'Redis does not answer at {{ $labels.instance }}',
    description:
      'The exporter cannot log in to {{ $labels.instance }}: if others of its shard were lost now, so would be its keys.',
  },
  {
    alert: 'RedisMemoryNearLimit',
    severity: 'warning',
    service: 'redis',
    for: '15m',
    expr: 'redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9',
    summary: '{{ $labels.instance }} has little memory left',
    description:
      '{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is in use; then keys with an expiry are dropped, and what has none is refused.',
  },
  {
    alert: 'RedisReplicaCutOff',
    severity: 'warning',
    service: 'redis',
    for: '5m',
    expr: 'redis_master_link_up == 0',
    summary: 'The Redis replica {{ $labels.instance }} is cut off',
    description:
      'The replica {{ $labels.instance }} no longer follows: if its primary were lost now, so would be what was written since.',
  },
];
