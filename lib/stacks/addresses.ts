import { SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { firstAddress } from '../config/cidr';
import type { EnvironmentConfig } from '../config/environment';
import type { Addresses } from '../kubernetes/network-policies';

/** Where the peers of network policies are, in the network of an environment. */
export const addresses = (
  { network, cluster }: Pick<EnvironmentConfig, 'network' | 'cluster'>,
  vpc: IVpc,
  ports: Pick<Addresses, 'mysqlPort' | 'redisPort'>,
): Addresses => {
  const blocks = (subnetType: SubnetType) =>
    vpc.selectSubnets({ subnetType }).subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  return {
    ...ports,
    private: [network.vpcCidr, ...network.podCidrs, cluster.serviceCidr],
    endpoints: blocks(SubnetType.PRIVATE_WITH_EGRESS),
    data: blocks(SubnetType.PRIVATE_ISOLATED),
    apiServer: firstAddress(cluster.serviceCidr),
  };
};
