import { check, findings } from '../check';
import { instancesOf } from '../facts/data';
import { planned } from '../../doctor/plan';

/** Seconds that a replica may be behind: more raises its alarm. */
const LAG = 60;

export const DATABASES = check({
  title: 'Every instance of MySQL is available',
  facts: ['databases'],
  find: (target, { databases }) =>
    findings(instancesOf(target), ({ id }) =>
      databases[id] === 'available'
        ? undefined
        : {
            what:
              databases[id] === undefined ? `RDS has no instance ${id}` : `The instance ${id} is "${databases[id]}"`,
            remedy: `aws rds describe-events --region ${target.region} --source-type db-instance --source-identifier ${id} --duration 1440`,
          },
    ),
});

export const REPLICATION = check({
  title: 'The read replicas follow the primary',
  facts: ['lags'],
  find: (target, { lags }) =>
    findings(Object.entries(lags), ([id, lag]) => {
      const remedy = `follow "replica-lag" and "replica-stopped" in docs/runbook.md: aws rds describe-db-instances --region ${target.region} --db-instance-identifier ${id}`;
      if (lag === undefined) return { what: `The replica ${id} has published no lag for 15 minutes`, remedy };
      if (lag < 0) return { what: `The replication of ${id} has stopped: its lag is ${lag}`, remedy };
      return lag <= LAG ? undefined : { what: `The replica ${id} is ${lag} s behind, more than ${LAG} s`, remedy };
    }),
});

export const REDIS = check({
  title: 'Redis is available, with every shard and replica',
  facts: ['caches'],
  find: (target, { caches }) =>
    planned(target, 'AWS::ElastiCache::ReplicationGroup').flatMap(({ properties }) => {
      const { ReplicationGroupId: id, NumNodeGroups: shards, ReplicasPerNodeGroup: replicas } = properties;
      const cache = caches[id];
      const remedy = `aws elasticache describe-replication-groups --region ${target.region} --replication-group-id ${id}`;
      if (cache === undefined) return [{ what: `ElastiCache has no replication group ${id}`, remedy }];
      return [
        ...(cache.status === 'available' ? [] : [{ what: `The replication group ${id} is "${cache.status}"`, remedy }]),
        ...(cache.failover === 'enabled'
          ? []
          : [{ what: `The automatic failover of ${id} is "${cache.failover}"`, remedy }]),
        ...(cache.shards.length === shards
          ? []
          : [{ what: `${id} has ${cache.shards.length} shards, and not ${shards}`, remedy }]),
        ...findings(cache.shards, (shard) => {
          if (shard.status !== 'available')
            return { what: `The shard ${shard.id} of ${id} is "${shard.status}"`, remedy };
          return shard.nodes >= replicas + 1
            ? undefined
            : { what: `The shard ${shard.id} of ${id} has ${shard.nodes} nodes, and not ${replicas + 1}`, remedy };
        }),
      ];
    }),
});
