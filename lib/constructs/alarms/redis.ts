import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { RedisConfig } from '../../config/environment';
import { redisNodes } from '../../model/redis-nodes';
import { metrics, type AlarmDefinition } from './definition';

export interface RedisAlarmsProps {
  /** Of the replication group. */
  readonly identifier: string;
  readonly config: Pick<RedisConfig, 'shards' | 'replicasPerShard'>;
}

const { GREATER_THAN_THRESHOLD } = ComparisonOperator;
const { BREACHING, IGNORE, NOT_BREACHING } = TreatMissingData;

/**
 * Each node by itself, for keys are not spread evenly. Any of a shard may be its primary.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
 */
export const redisAlarms = ({ identifier, config }: RedisAlarmsProps): readonly AlarmDefinition[] =>
  redisNodes(config).flatMap((node) => {
    // A node of Redis is a cluster of one, whose only node is 0001.
    const metric = metrics('AWS/ElastiCache', { CacheClusterId: `${identifier}-${node}`, CacheNodeId: '0001' }, node);
    const common = {
      tier: 'redis',
      instance: node,
      severity: 'warning',
      comparisonOperator: GREATER_THAN_THRESHOLD,
      datapointsToAlarm: 3,
    } as const;
    const alarms: AlarmDefinition[] = [
      {
        ...common,
        symptom: 'cpu',
        severity: 'critical',
        metric: metric('EngineCPUUtilization', 'Average'),
        threshold: 90,
        treatMissingData: BREACHING,
        description: `The only command thread of Redis node ${node} has been busy for 15 minutes, or the node reports nothing because it is down.`,
      },
      {
        ...common,
        symptom: 'memory',
        metric: metric('DatabaseMemoryUsagePercentage', 'Maximum'),
        threshold: 80,
        treatMissingData: IGNORE, // of silence, `cpu` tells
        description: `Redis node ${node} uses more than 80 % of its memory. When it is full, it evicts keys that have an expiry; without such keys, it refuses writes.`,
      },
      {
        ...common,
        symptom: 'evictions',
        metric: metric('Evictions', 'Sum'),
        threshold: 0,
        treatMissingData: NOT_BREACHING,
        description: `Redis node ${node} is full and evicts keys before they expire. Users are logged out and counters are lost.`,
      },
    ];
    const lag: AlarmDefinition = {
      ...common,
      symptom: 'replication-lag',
      metric: metric('ReplicationLag', 'Maximum'),
      threshold: 10, // seconds
      treatMissingData: NOT_BREACHING, // a primary reports none
      description: `Redis node ${node} is more than 10 s behind its primary. A failover would lose the last 10 s of writes, including sessions.`,
    };
    return config.replicasPerShard > 0 ? [...alarms, lag] : alarms;
  });
