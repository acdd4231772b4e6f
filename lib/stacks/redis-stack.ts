import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { RedisConfig } from '../config/environment';
import { REDIS_USERS } from '../config/services';
import type { Windows } from '../config/windows';
import { Redis } from '../constructs/redis';
import { tierKey } from '../constructs/tier-key';

export interface RedisStackProps extends StackProps {
  readonly config: RedisConfig;
  /** Id of the replication group. */
  readonly identifier: string;
  readonly vpc: IVpc;
  readonly windows: Windows;
  readonly retainData: boolean;
  readonly retainLogs: boolean;
}

/** The cache. Stateful: knows nothing of who uses it. */
export class RedisStack extends Stack {
  readonly redis: Redis;

  constructor(scope: Construct, id: string, stackProps: RedisStackProps) {
    const { config, identifier, vpc, windows, retainData, retainLogs, ...props } = stackProps;
    super(scope, id, props);
    this.redis = new Redis(this, 'Redis', {
      vpc,
      config,
      identifier,
      users: REDIS_USERS,
      windows,
      key: tierKey(this, `Redis of ${identifier}`, retainData),
      retainData,
      retainLogs,
    });
  }
}
