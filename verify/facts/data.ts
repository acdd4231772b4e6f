import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { pages } from '../../doctor/facts/reader';
import { planned, type Plan } from '../../doctor/plan';
import { reader } from './reader';

/** A database instance of the templates: its name in RDS, and whether it is a replica. */
export const instancesOf = (plan: Plan): readonly { readonly id: string; readonly isReplica: boolean }[] =>
  planned(plan, 'AWS::RDS::DBInstance').map(({ properties }) => ({
    id: properties.DBInstanceIdentifier,
    isReplica: properties.SourceDBInstanceIdentifier !== undefined,
  }));

/** State of each instance by its name, as RDS has it. */
export const databases = reader('RDS', ['rds:DescribeDBInstances'], async ({ aws }) => {
  const all = await pages(
    (Marker) => aws.client(RDSClient).send(new DescribeDBInstancesCommand({ Marker })),
    (page) => page.DBInstances,
    (page) => page.Marker,
  );
  return Object.fromEntries(
    all.map(({ DBInstanceIdentifier = '', DBInstanceStatus = '' }) => [DBInstanceIdentifier, DBInstanceStatus]),
  ) as Readonly<Record<string, string>>;
});

/** Minutes of metrics that are read: RDS publishes one value each minute, some minutes late. */
const MINUTES = 15;

/** The last lag of each read replica in seconds, -1 where its replication has stopped; undefined where none was published. */
export const lags = reader('CloudWatch', ['cloudwatch:GetMetricData'], async ({ aws }, target) => {
  const replicas = instancesOf(target).filter(({ isReplica }) => isReplica);
  if (replicas.length === 0) return {} as Readonly<Record<string, number | undefined>>;
  const now = Date.now();
  const asked = new GetMetricDataCommand({
    StartTime: new Date(now - MINUTES * 60_000),
    EndTime: new Date(now),
    ScanBy: 'TimestampDescending',
    MetricDataQueries: replicas.map(({ id }, at) => ({
      Id: `replica${at}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/RDS',
          MetricName: 'ReplicaLag',
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: id }],
        },
        Period: 60,
        Stat: 'Maximum',
      },
    })),
  });
  const { MetricDataResults = [] } = await aws.client(CloudWatchClient).send(asked);
  return Object.fromEntries(
    replicas.map(({ id }, at) => [id, MetricDataResults.find(({ Id }) => Id === `replica${at}`)?.Values?.[0]]),
  ) as Readonly<Record<string, number | undefined>>;
});

/** A replication group of ElastiCache. */
interface Cache {
  readonly status: string;
  readonly failover: string;
  /** State and number of nodes of each shard. */
  readonly shards: readonly { readonly id: string; readonly status: string; readonly nodes: number }[];
}

/** The replication groups by their names. */
export const caches = reader('ElastiCache', ['elasticache:DescribeReplicationGroups'], async ({ aws }) => {
  const all = await pages(
    (Marker) => aws.client(ElastiCacheClient).send(new DescribeReplicationGroupsCommand({ Marker })),
    (page) => page.ReplicationGroups,
    (page) => page.Marker,
  );
  return Object.fromEntries(
    all.map(({ ReplicationGroupId = '', Status = '', AutomaticFailover = '', NodeGroups = [] }) => [
      ReplicationGroupId,
      {
        status: Status,
        failover: AutomaticFailover as string,
        shards: NodeGroups.map((group) => ({
          id: group.NodeGroupId ?? '',
          status: group.Status ?? '',
          nodes: group.NodeGroupMembers?.length ?? 0,
        })),
      },
    ]),
  ) as Readonly<Record<string, Cache>>;
});
