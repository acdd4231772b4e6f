import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { REDIS_USERS } from '../config/services';
import { Redis, type RedisProps } from '../constructs/redis';
import { tierKey } from '../constructs/tier-key';

export interface RedisStackProps extends StackProps, Omit<RedisProps, 'users' | 'key'> {}

/** The cache. Stateful: knows nothing of who uses it. */
export class RedisStack extends Stack {
  readonly redis: Redis;

  constructor(scope: Construct, id: string, stackProps: RedisStackProps) {
    super(scope, id, stackProps);
    const key = tierKey(this, `Redis of ${stackProps.identifier}`, stackProps.retainData);
    this.redis = new Redis(this, 'Redis', { ...stackProps, users: REDIS_USERS, key });
  }
}
