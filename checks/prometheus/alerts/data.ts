import { always, one, type AlertCase } from './alert-case';

/** Alerts of MySQL and Redis. */
export const DATA: Readonly<Record<string, AlertCase>> = {
  MysqlUnreachable: {
    fires: { 'mysql_up{instance="primary:3306", role="primary"}': always(0) },
    for: { mysql: 1 },
    quiet: {
      'mysql_up{instance="primary:3306", role="primary"}': always(1),
      'mysql_up{instance="replica:3306", role="replica"}': always(0),
    },
  },
  MysqlReplicaUnreachable: {
    fires: {
      'mysql_up{instance="one:3306", role="replica"}': always(0),
      'mysql_up{instance="two:3306", role="replica"}': always(0),
    },
    for: { mysql: 2 },
    quiet: {
      'mysql_up{instance="primary:3306", role="primary"}': always(0),
      'mysql_up{instance="one:3306", role="replica"}': always(1),
    },
  },
  MysqlReplicationStopped: one(
    'mysql_slave_status_replica_sql_running{instance="replica:3306"}',
    'mysql',
    always(0),
    always(1),
  ),
  MysqlReplicaLags: one(
    'mysql_slave_status_seconds_behind_source{instance="replica:3306"}',
    'mysql',
    always(61),
    `90x5 ${always(1)}`,
  ),
  MysqlConnectionsNearLimit: {
    fires: {
      'mysql_global_status_threads_connected{instance="primary:3306"}': always(81),
      'mysql_global_variables_max_connections{instance="primary:3306"}': always(100),
    },
    for: { mysql: 1 },
    quiet: {
      'mysql_global_status_threads_connected{instance="primary:3306"}': always(79),
      'mysql_global_variables_max_connections{instance="primary:3306"}': always(100),
    },
  },
  RedisUnreachable: {
    fires: {
      'redis_up{instance="rediss://one:6379", shard="0001"}': always(0),
      'redis_up{instance="rediss://two:6379", shard="0001"}': always(0),
      'redis_up{instance="rediss://three:6379", shard="0002"}': always(1),
    },
    for: { redis: 1 },
    quiet: {
      'redis_up{instance="rediss://one:6379", shard="0001"}': always(0),
      'redis_up{instance="rediss://two:6379", shard="0001"}': always(1),
    },
  },
  RedisNodeUnreachable: one('redis_up{instance="rediss://one:6379", shard="0001"}', 'redis', always(0), always(1)),
  RedisMemoryNearLimit: {
    fires: {
      'redis_memory_used_bytes{instance="rediss://one:6379"}': always(91),
      'redis_memory_max_bytes{instance="rediss://one:6379"}': always(100),
    },
    for: { redis: 1 },
    quiet: {
      'redis_memory_used_bytes{instance="rediss://one:6379"}': always(91),
      'redis_memory_max_bytes{instance="rediss://one:6379"}': always(0), // it has no limit
    },
  },
  RedisReplicaCutOff: one('redis_master_link_up{instance="rediss://two:6379"}', 'redis', always(0), always(1)),
};
