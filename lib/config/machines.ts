import type { NodeGroupConfig, NodeGroupName } from './environment';

/** Machines of each node group, as the specification has them; an environment says how many, and may override them. */
export const MACHINES: Readonly<
  Record<NodeGroupName, Pick<NodeGroupConfig, 'instanceType' | 'subnets' | 'rootVolume'>>
> = {
  application: { instanceType: 'm5.large', subnets: 'private', rootVolume: { type: 'gp3', sizeGiB: 50 } },
  database: { instanceType: 'r5.large', subnets: 'data', rootVolume: { type: 'io2', sizeGiB: 100, iops: 3000 } },
  monitoring: { instanceType: 'm5.large', subnets: 'private', rootVolume: { type: 'gp3', sizeGiB: 50 } },
};
