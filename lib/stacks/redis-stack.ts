import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { REDIS_USERS } from '../model/services';
import { windows } from '../config/derive/windows';
import { Redis } from '../constructs/redis';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { NetworkStack } from './network-stack';

export interface RedisStackProps extends EnvironmentStackProps<
  'name' | 'redis' | 'quietHour' | 'deployed' | 'retainData' | 'retainLogs'
> {
  readonly network: Pick<NetworkStack, 'vpc'>;
}

/** The cache. Stateful: knows nothing of who uses it. */
export class RedisStack extends Stack {
  readonly redis: Redis;

  constructor(scope: Construct, id: string, props: RedisStackProps) {
    super(scope, id, props);
    const { config, network } = props;
    const { retainData, retainLogs } = config;
    const identifier = identifierOf(config);
    this.redis = new Redis(this, 'Redis', {
      vpc: network.vpc,
      config: config.redis,
      createdReplicasPerShard: config.deployed?.redisReplicasPerShard,
      identifier,
      users: REDIS_USERS,
      windows: windows(config.quietHour),
      key: tierKey(this, 'Key', `Redis of ${identifier}`, retainData),
      retainData,
      retainLogs,
    });
  }
}
