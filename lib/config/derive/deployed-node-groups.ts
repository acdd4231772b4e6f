import type { DeployedConfig, NodeGroupConfig, NodeGroupName } from '../environment';
import { zoneShare } from '../../model/machines';

/** The fields that show whether a node group already exists. */
export type DeployedNodeGroups = Pick<DeployedConfig, 'availabilityZones' | 'nodeGroups'>;

/** Whether a role has its node group in a zone already. One of other machines or in other subnets is another group. */
export const isDeployed = (
  deployed: DeployedNodeGroups | undefined,
  name: NodeGroupName,
  { instanceType, subnets }: NodeGroupConfig,
  zone: string,
): boolean => {
  if (!deployed) return false;
  const { availabilityZones: zones, nodeGroups } = deployed;
  const group = nodeGroups[name];
  const index = zones.indexOf(zone);
  return (
    index >= 0 &&
    group.instanceType === instanceType &&
    group.subnets === subnets &&
    zoneShare(group.maxSize, zones.length, index) > 0
  );
};
