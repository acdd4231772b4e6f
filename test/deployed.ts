import {
  NODE_GROUP_NAMES,
  type DeployedConfig,
  type EnvironmentConfig,
  type NodeGroupName,
} from '../lib/config/environment';

/** The values of a configuration that stay once it is deployed, as a team would write them into `deployed` then. */
export const deployedAs = ({
  account,
  region,
  network,
  cluster,
  mysql,
  redis,
  tags,
}: EnvironmentConfig): DeployedConfig => {
  const { vpcCidr, podCidrs, availabilityZones } = network;
  return {
    account,
    region,
    vpcCidr,
    podCidrs,
    availabilityZones,
    serviceCidr: cluster.serviceCidr,
    mysqlEngineVersion: mysql.engineVersion,
    mysqlStorageGiB: mysql.storageGiB,
    redisReplicasPerShard: redis.replicasPerShard,
    nodeGroups: Object.fromEntries(
      NODE_GROUP_NAMES.map((name) => {
        const { instanceType, subnets, maxSize } = cluster.nodeGroups[name];
        return [name, { instanceType, subnets, maxSize }];
      }),
    ) as Record<NodeGroupName, DeployedConfig['nodeGroups'][NodeGroupName]>,
    nodeTags: { owner: tags.owner, costCenter: tags.costCenter },
  };
};
