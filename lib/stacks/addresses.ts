import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { firstAddress } from '../model/cidr';
import type { EnvironmentConfig } from '../config/environment';
import type { Addresses } from '../kubernetes/network-policies';
import type { NetworkStack } from './network-stack';

/** Where the peers of network policies are, in the network of an environment. */
export const addressesOf = (
  { network, cluster }: Pick<EnvironmentConfig, 'network' | 'cluster'>,
  { vpc }: Pick<NetworkStack, 'vpc'>,
): Addresses => {
  const blocks = (subnetType: SubnetType) =>
    vpc.selectSubnets({ subnetType }).subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  return {
    private: [network.vpcCidr, ...network.podCidrs, cluster.serviceCidr],
    endpoints: blocks(SubnetType.PRIVATE_WITH_EGRESS),
    data: blocks(SubnetType.PRIVATE_ISOLATED),
    apiServer: firstAddress(cluster.serviceCidr),
  };
};
