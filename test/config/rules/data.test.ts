import type { EnvironmentConfig } from '../../../lib/config/environment';
import { DATABASE_SIZES } from '../../../lib/model/instance-types';
import { instanceMemory } from '../../../lib/model/instance-memory';
import { problems } from '../../../lib/config/validation';
import { deployedAs } from '../../deployed';
import { SAMPLES } from '../../sample';

const { prod } = SAMPLES;
const mysql = (change: Partial<EnvironmentConfig['mysql']>) => ({ ...prod, mysql: { ...prod.mysql, ...change } });
const redis = (change: Partial<EnvironmentConfig['redis']>) => ({ ...prod, redis: { ...prod.redis, ...change } });

test.each<[string, EnvironmentConfig, RegExp]>([
  [
    'MySQL 8.0',
    mysql({ engineVersion: '8.0.43' }),
    /mysql.engineVersion is "8.0.43": choose 8.4.8 or 8.4.9, or add a row/,
  ],
  ['a version named like a method', mysql({ engineVersion: 'toString' }), /mysql.engineVersion is "toString": choose/],
  [
    'replicas older than their source',
    mysql({ replicaEngineVersion: '8.4.8' }),
    /mysql.replicaEngineVersion is "8.4.8": choose 8.4.9 or a newer version/,
  ],
  ['a run that is none', mysql({ setupRun: 0 }), /mysql.setupRun is 0: choose 1/],
  ['a class that is none', mysql({ instanceClass: 'm5.large' }), /mysql.instanceClass is "m5.large": write an RDS/],
  [
    'a class of a family that nobody recorded',
    mysql({ instanceClass: 'db.z1d.large' }),
    /mysql.instanceClass is "db.z1d.large": choose a family among .* or add a new one/,
  ],
  [
    'insights that the class lacks',
    mysql({ instanceClass: 'db.t4g.small' }),
    /mysql.insights is true, but db.t4g.small does not support it: set/,
  ],
  ['the specified 10 GiB, which RDS refuses', mysql({ storageGiB: 10 }), /mysql.storageGiB is 10: choose 20 to 59578/],
  ['storage that cannot grow', mysql({ maxStorageGiB: 105 }), /mysql.maxStorageGiB is 105: choose 110 to 65536/],
  ['half a replica', mysql({ readReplicas: 0.5 }), /mysql.readReplicas is 0.5: choose 0 to 5/],
  ['no backups, without which there are no replicas', mysql({ backupRetentionDays: 0 }), /backupRetentionDays is 0/],
  [
    'logs that never end',
    mysql({ logRetentionDays: 9999 }),
    /mysql.logRetentionDays is 9999: choose a value that CloudWatch Logs accepts/,
  ],
  [
    'logs for 31 days',
    mysql({ logRetentionDays: 31 }),
    /mysql.logRetentionDays is 31: choose a value that CloudWatch Logs accepts/,
  ],
  [
    'a node type that is none',
    redis({ nodeType: 'db.t4g.small' }),
    /redis.nodeType is "db.t4g.small": write an ElastiCache/,
  ],
  [
    'a family that ElastiCache does not have',
    redis({ nodeType: 'cache.foo9.large' }),
    /redis.nodeType is "cache.foo9.large": choose a family among c7gn, .*, or add a new one/,
  ],
  [
    'a family of which ElastiCache makes no group any more',
    redis({ nodeType: 'cache.t1.micro' }),
    /redis.nodeType is "cache.t1.micro": choose a family among/,
  ],
  [
    'a family of Valkey',
    redis({ nodeType: 'cache.r8g.large' }),
    /redis.nodeType is "cache.r8g.large": choose a family/,
  ],
  ['data tiering', redis({ nodeType: 'cache.r6gd.xlarge' }), /redis.nodeType is "cache.r6gd.xlarge": choose a family/],
  [
    'a size that the family of nodes does not have',
    redis({ nodeType: 'cache.t4g.large' }),
    /redis.nodeType is "cache.t4g.large": choose a size that t4g has \(micro, small, medium\)/,
  ],
  [
    'a family that RDS does not have',
    mysql({ instanceClass: 'db.m99.large' }),
    /mysql.instanceClass is "db.m99.large": choose a family among c6gd, .*, or add a new one/,
  ],
  [
    'a size that the family of classes does not have',
    mysql({ instanceClass: 'db.m7g.3xlarge' }),
    /mysql.instanceClass is "db.m7g.3xlarge": choose a size that m7g has \(large, xlarge, /,
  ],
  ['no shard', redis({ shards: 0 }), /redis.shards is 0: choose 1 to 90/],
  ['too many replicas', redis({ replicasPerShard: 6 }), /redis.replicasPerShard is 6: choose 0 to 5/],
  [
    'more nodes than a cluster has',
    redis({ shards: 50 }),
    /redis.shards is 50 with 1 replicas each: lower one of them, because a cluster has at most 90/,
  ],
  ['no snapshots', redis({ snapshotRetentionDays: 0 }), /redis.snapshotRetentionDays is 0: choose 1 to 35/],
  ['Redis logs for 31 days', redis({ logRetentionDays: 31 }), /redis.logRetentionDays is 31/],
  ['old versions that never end', { ...prod, uploads: { noncurrentVersionDays: 0 } }, /noncurrentVersionDays is 0/],
  ['an hour that no clock has', { ...prod, quietHour: 24 }, /quietHour is 24: choose 0 to 23/],
])('refuses %s', (_, config, problem) => {
  expect(problems(config)).toEqual([expect.stringMatching(problem)]);
});

describe('of an environment that is deployed', () => {
  const running: EnvironmentConfig = {
    ...prod,
    deployed: deployedAs(prod),
  };
  const zones = prod.network.availabilityZones;

  test.each<[string, Partial<EnvironmentConfig>]>([
    ['what it is', {}],
    ['more and faster storage', { mysql: { ...prod.mysql, storageGiB: 400, maxStorageGiB: 800 } }],
    ['another class, and fewer replicas', { mysql: { ...prod.mysql, instanceClass: 'db.m7g.large', readReplicas: 1 } }],
    ['more shards', { redis: { ...prod.redis, shards: 5 } }],
    [
      'one more zone behind the others',
      { network: { ...prod.network, availabilityZones: [...zones, 'ap-southeast-1d'] } },
    ],
  ])('accepts %s', (_, change) => {
    expect(problems({ ...running, ...change })).toEqual([]);
  });

  test.each<[string, Partial<EnvironmentConfig>, RegExp]>([
    [
      'less storage',
      { mysql: { ...prod.mysql, storageGiB: 50 } },
      /mysql.storageGiB is 50, but the database has 100: RDS never shrinks storage. Keep that, or move the data/,
    ],
    [
      'an older engine',
      { mysql: { ...prod.mysql, engineVersion: '8.4.8' } },
      /mysql.engineVersion is "8.4.8", but the database runs "8.4.9": RDS cannot downgrade. Keep/,
    ],
    [
      'another network, which would replace all that is in it',
      { network: { ...prod.network, vpcCidr: '10.9.0.0/16' } },
      /network.vpcCidr is "10.9.0.0\/16", but the environment runs with "10.0.0.0\/16": keep it, because CloudFormation would replace the VPC/,
    ],
    [
      'zones in another order',
      { network: { ...prod.network, availabilityZones: zones.toReversed() } },
      /network.availabilityZones is .*: keep these first and in this order, because subnets in use would be replaced or deleted/,
    ],
    [
      'other networks of pods',
      { network: { ...prod.network, podCidrs: prod.network.podCidrs.toReversed() } },
      /network.podCidrs is .*: keep these first and in this order, because subnets in use would be replaced or deleted/,
    ],
    [
      'another network of Services',
      { cluster: { ...prod.cluster, serviceCidr: '172.29.0.0/16' } },
      /cluster.serviceCidr is "172.29.0.0\/16".*EKS would replace the cluster/,
    ],
  ])('refuses %s', (_, change, problem) => {
    expect(problems({ ...running, ...change })).toEqual([expect.stringMatching(problem)]);
  });

  test('refuses another account and another region', () => {
    const moved = { ...running, deployed: { ...running.deployed!, account: '000000000000', region: 'eu-north-1' } };
    expect(problems(moved)).toEqual([
      expect.stringMatching(
        /account is "333333333333", but the environment runs with "000000000000": keep it, or restore/,
      ),
      expect.stringMatching(/region is "ap-southeast-1", but the environment runs with "eu-north-1"/),
    ]);
  });
});

const refusal = (work: () => unknown) => {
  try {
    work();
    return false;
  } catch {
    return true;
  }
};

test('no class is accepted whose memory, of which the settings of the database are made, is not known', () => {
  const families = [...DATABASE_SIZES.keys(), 'z1d', 'm1', 'a'];
  const sizes = [...new Set([...DATABASE_SIZES.values()].flat()), '0xlarge', '99xlarge'];
  const classes = families.flatMap((family) => sizes.map((size) => `db.${family}.${size}`));
  const accepted = classes.filter((instanceClass) => {
    const found = problems({ ...prod, mysql: { ...prod.mysql, insights: false, instanceClass } });
    return !found.some((problem) => problem.includes(`mysql.instanceClass is "${instanceClass}"`));
  });
  expect(accepted.length).toBeGreaterThan(100);
  expect(accepted.filter((instanceClass) => refusal(() => instanceMemory(instanceClass)))).toEqual([]);
});

test('accepts replicas of the version of their source, as they are after an upgrade', () => {
  expect(problems(mysql({ replicaEngineVersion: prod.mysql.engineVersion }))).toEqual([]);
});
