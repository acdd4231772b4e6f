import type { AlertingRule } from './rule';

/** Alerts on MySQL and Redis, as exporters beside the services see them; CloudWatch has those of AWS. All servers are one message. */
export const DATA_ALERTS: readonly AlertingRule[] = [
  {
    alert: 'MysqlUnreachable',
    severity: 'critical',
    service: 'mysql',
    for: '3m',
    expr: 'mysql_up{role="primary"} == 0',
    summary: 'The MySQL primary does not answer',
    description: 'The exporter cannot log in to {{ $labels.instance }}. Services may be cut off too.',
  },
  {
    alert: 'MysqlReplicaUnreachable',
    severity: 'warning',
    service: 'mysql',
    for: '5m',
    expr: 'mysql_up{role="replica"} == 0',
    summary: 'The MySQL replica {{ $labels.instance }} does not answer',
    description: 'The exporter cannot log in to {{ $labels.instance }}. Services that read from it may be cut off too.',
  },
  {
    alert: 'MysqlReplicationStopped',
    severity: 'warning',
    service: 'mysql',
    for: '5m',
    expr: 'mysql_slave_status_replica_io_running == 0 or mysql_slave_status_replica_sql_running == 0',
    summary: 'The MySQL replica {{ $labels.instance }} has stopped replicating',
    description: 'Services that read from {{ $labels.instance }} get nothing that was written since it stopped.',
  },
  {
    alert: 'MysqlReplicaLags',
    severity: 'warning',
    service: 'mysql',
    for: '10m',
    expr: 'mysql_slave_status_seconds_behind_source > 60',
    summary: 'The MySQL replica {{ $labels.instance }} is behind its primary',
    description:
      '{{ $labels.instance }} is {{ $value | humanizeDuration }} behind. Services that read from it get old data.',
  },
  {
    alert: 'MysqlConnectionsNearLimit',
    severity: 'warning',
    service: 'mysql',
    for: '10m',
    expr: 'mysql_global_status_threads_connected / mysql_global_variables_max_connections > 0.8',
    summary: 'MySQL at {{ $labels.instance }} has few connections left',
    description:
      '{{ $value | humanizePercentage }} of the connections of {{ $labels.instance }} are in use. When all are in use, MySQL refuses new ones.',
  },
  {
    alert: 'RedisUnreachable',
    severity: 'critical',
    service: 'redis',
    for: '3m',
    expr: 'max by (shard) (redis_up) == 0',
    summary: 'No node of Redis shard {{ $labels.shard }} answers',
    description:
      'The exporter cannot log in to any node of shard {{ $labels.shard }}. Services may not reach its keys either.',
  },
  {
    alert: 'RedisNodeUnreachable',
    severity: 'warning',
    service: 'redis',
    for: '10m',
    expr: 'redis_up == 0',
    summary: 'The Redis node {{ $labels.instance }} does not answer',
    description:
      'The exporter cannot log in to {{ $labels.instance }}. If the other nodes of its shard failed now, its keys would be lost.',
  },
  {
    alert: 'RedisMemoryNearLimit',
    severity: 'warning',
    service: 'redis',
    for: '15m',
    expr: 'redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9',
    summary: 'The Redis node {{ $labels.instance }} has little memory left',
    description:
      '{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is in use. When it is full, it evicts keys that have an expiry; without such keys, it refuses writes.',
  },
  {
    alert: 'RedisReplicaCutOff',
    severity: 'warning',
    service: 'redis',
    for: '5m',
    expr: 'redis_master_link_up == 0',
    summary: 'The Redis replica {{ $labels.instance }} is cut off from its primary',
    description:
      '{{ $labels.instance }} no longer replicates. If its primary failed now, everything written since then would be lost.',
  },
];
