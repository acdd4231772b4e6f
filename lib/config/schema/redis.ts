import { CACHE_SIZES } from '../../model/instance-types';
import { machineType, retention, wholeNumber } from './fields';
import { group, type Config } from './group';

/** The ElastiCache Redis of an environment: one replication group in cluster mode. */
export const redis = group({
  /** ElastiCache node type, e.g. `cache.t4g.small`. */
  nodeType: machineType(
    'write an ElastiCache node type like cache.t4g.small',
    /^cache\.[a-z]\w*\.(micro|small|medium|large|\d*xlarge)$/,
    CACHE_SIZES,
  ),
  /** Number of shards, 1 to 90. */
  shards: wholeNumber(1, 90),
  /**
   * Replicas of each shard, 0 to 5; with one or more, a shard survives the loss of a zone. Once `deployed` is filled in, ElastiCache
   * changes the number (docs/data.md), and alarms and metrics follow what is configured here. A group without replicas may refuse
   * later changes (automatic failover, which cluster mode requires, wants one): make it anew then.
   */
  replicasPerShard: wholeNumber(0, 5),
  /** Days of daily snapshots, 1 to 35. */
  snapshotRetentionDays: wholeNumber(1, 35),
  /** Days that slow and engine logs are kept; a value that CloudWatch Logs takes. */
  logRetentionDays: retention(),
});
export type RedisConfig = Config<typeof redis>;
