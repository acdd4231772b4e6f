import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { REDIS_USERS } from '../model/services';
import { windows } from '../config/derive/windows';
import { Redis } from '../constructs/redis';
import { exportSnapshots } from '../constructs/snapshot-export';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { NetworkStack } from './network-stack';
import type { StorageStack } from './storage-stack';

export interface RedisStackProps extends EnvironmentStackProps<
  'name' | 'redis' | 'quietHour' | 'deployed' | 'retainData' | 'retainLogs'
> {
  readonly network: Pick<NetworkStack, 'vpc'>;
  readonly storage: Pick<StorageStack, 'snapshotsName'>;
}

/** The cache. Stateful: knows nothing of who uses it. */
export class RedisStack extends Stack {
  readonly redis: Redis;

  constructor(scope: Construct, id: string, props: RedisStackProps) {
    super(scope, id, props);
    const { config, network } = props;
    const { snapshotsName } = props.storage;
    const { retainData, retainLogs } = config;
    const identifier = identifierOf(config);
    const quiet = windows(config.quietHour);
    this.redis = new Redis(this, 'Redis', {
      vpc: network.vpc,
      config: config.redis,
      createdReplicasPerShard: config.deployed?.redisReplicasPerShard,
      identifier,
      users: REDIS_USERS,
      windows: quiet,
      key: tierKey(this, 'Key', `Redis of ${identifier}`, retainData),
      retainData,
      retainLogs,
    });
    if (snapshotsName !== undefined)
      exportSnapshots(this, 'SnapshotExport', {
        group: identifier,
        bucket: snapshotsName,
        logRetentionDays: config.redis.logRetentionDays,
      });
  }
}
