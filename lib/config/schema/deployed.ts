import { NODE_GROUP_NAMES } from '../../model/names';
import { nodeGroup } from './cluster';
import { account, block, list, region, version, wholeNumber, zone } from './fields';
import { each, group, type Config } from './group';
import { ownerTags } from './tags';

/** Values of the configuration that a running environment cannot change. */
export const deployed = group({
  account: account(),
  region: region(),
  vpcCidr: block(),
  podCidrs: list(block()),
  availabilityZones: list(zone()),
  serviceCidr: block(),
  mysqlEngineVersion: version('8.4.9'),
  mysqlStorageGiB: wholeNumber(20, 65536),
  /** As the group was made. It stays when ElastiCache adds replicas: `redis.replicasPerShard` follows what there is. */
  redisReplicasPerShard: wholeNumber(0, 5),
  /** Those of `cluster.nodeGroups`. An existing group keeps its number of nodes, whatever sizes are deployed. */
  nodeGroups: each(
    NODE_GROUP_NAMES,
    group({
      instanceType: nodeGroup.shape.instanceType,
      subnets: nodeGroup.shape.subnets,
      maxSize: nodeGroup.shape.maxSize,
    }),
  ),
  /** The tags of nodes' instances and volumes. Another value replaces every node, one after another. */
  nodeTags: ownerTags,
});
export type DeployedConfig = Config<typeof deployed>;
