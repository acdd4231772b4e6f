import type { EnvironmentConfig, MysqlConfig, RedisConfig } from '../environment';
import { MAX_STORAGE } from '../schema/mysql';
import { MYSQL_RELEASES } from '../../model/versions';
import { unless, wholeNumber } from './unless';

/** The database: a version that lives, a class that has what it needs, storage that can grow. */
export const mysqlProblems = (mysql: MysqlConfig) => [
  ...unless(
    Object.hasOwn(MYSQL_RELEASES, mysql.engineVersion),
    `mysql.engineVersion is "${mysql.engineVersion}": choose ${Object.keys(MYSQL_RELEASES).join(' or ')}, or add a row to ` +
      'lib/model/versions.ts. AWS charges for extended support of MySQL 8.0 and older',
  ),
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
  ...unless(
    !mysql.insights || !/\.(micro|small)$/.test(mysql.instanceClass),
    `mysql.insights is true, but ${mysql.instanceClass} does not support it: set it to false, or choose a medium class or larger`,
  ),
  ...unless(
    mysql.replicaEngineVersion === undefined ||
      (Object.hasOwn(MYSQL_RELEASES, mysql.replicaEngineVersion) &&
        compareVersions(mysql.replicaEngineVersion, mysql.engineVersion) >= 0),
    `mysql.replicaEngineVersion is "${mysql.replicaEngineVersion}": choose ${mysql.engineVersion} or a newer version of ` +
      'lib/model/versions.ts, because replicas are upgraded before their source',
  ),
  ...wholeNumber('mysql.maxStorageGiB', mysql.maxStorageGiB, [Math.ceil((mysql.storageGiB * 11) / 10), MAX_STORAGE]),
];

/** The cache: shards and replicas within the limits of ElastiCache. */
export const redisProblems = (redis: RedisConfig) =>
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html: 90 nodes
  unless(
    redis.shards * (redis.replicasPerShard + 1) <= 90,
    `redis.shards is ${redis.shards} with ${redis.replicasPerShard} replicas each: lower one of them, because a cluster has at most 90 nodes`,
  );

/** Changes that a running environment cannot make, each with the fix. */
export const deployedProblems = ({ deployed, ...config }: EnvironmentConfig) => {
  if (!deployed) return [];
  const { account, region, network, cluster, mysql } = config;
  const restore = 'restore the environment from backups as a new one (the old one stays until you tear it down)';
  const fixed: readonly (readonly [field: string, now: unknown, before: unknown, wayOut: string])[] = [
    ['account', account, deployed.account, `keep it, or ${restore}`],
    ['region', region, deployed.region, `keep it, or ${restore}`],
    [
      'network.vpcCidr',
      network.vpcCidr,
      deployed.vpcCidr,
      `keep it, because CloudFormation would replace the VPC and everything in it, or ${restore}`,
    ],
    ...(['availabilityZones', 'podCidrs'] as const).map(
      (field) =>
        [
          `network.${field}`,
          network[field].slice(0, deployed[field].length).join(),
          deployed[field].join(),
          'keep these first and in this order, because subnets in use would be replaced or deleted, and add others behind them',
        ] as const,
    ),
    [
      'cluster.serviceCidr',
      cluster.serviceCidr,
      deployed.serviceCidr,
      'keep it, because EKS would replace the cluster',
    ],
  ];
  return [
    ...fixed.flatMap(([field, now, before, wayOut]) =>
      unless(now === before, `${field} is "${now}", but the environment runs with "${before}": ${wayOut}`),
    ),
    ...unless(
      mysql.storageGiB >= deployed.mysqlStorageGiB,
      `mysql.storageGiB is ${mysql.storageGiB}, but the database has ${deployed.mysqlStorageGiB}: RDS never shrinks storage. ` +
        'Keep that, or move the data to a new instance with a blue/green deployment',
    ),
    ...unless(
      compareVersions(mysql.engineVersion, deployed.mysqlEngineVersion) >= 0,
      `mysql.engineVersion is "${mysql.engineVersion}", but the database runs "${deployed.mysqlEngineVersion}": RDS cannot ` +
        'downgrade. Keep that, or restore a snapshot of the older version',
    ),
  ];
};

/** Negative when the version `a` is the older one. */
const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  return left.map((part, i) => part - (right[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
};
