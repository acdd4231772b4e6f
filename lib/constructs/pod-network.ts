import { CfnVPCCidrBlock, PrivateSubnet, type ISubnet, type IVpc, type NatProvider } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export interface PodNetworkProps {
  readonly vpc: IVpc;
  /** The VPC's NAT gateways: each pod subnet leaves through the one of its zone, or the only one. */
  readonly nat: NatProvider;
  /** Blocks to add to the VPC; the n-th is the subnet of the n-th zone of the VPC, further ones stay spare. */
  readonly cidrs: readonly string[];
}

/**
 * The addresses of pods: additional blocks of the VPC, with a subnet per zone. Nodes stay in the VPC's own subnets.
 *
 * The subnets have the routes of private ones, through the NAT gateway that serves their zone. Pods take them only where
 * the CNI does not translate what leaves the VPC to the node's address, which here it does (addons.ts).
 */
export class PodNetwork extends Construct {
  /** One subnet per zone, in the order of the VPC's zones. */
  readonly subnets: readonly ISubnet[];

  constructor(scope: Construct, id: string, { vpc, nat, cidrs }: PodNetworkProps) {
    super(scope, id);
    const blocks = cidrs.map(
      (cidrBlock, i) => new CfnVPCCidrBlock(this, `Block${i + 1}`, { vpcId: vpc.vpcId, cidrBlock }),
    );
    // EC2 changes one block of a VPC at a time.
    blocks.slice(1).forEach((block, i) => block.node.addDependency(blocks[i]!));

    this.subnets = vpc.availabilityZones.map((availabilityZone, i) => {
      const subnet = new PrivateSubnet(this, `Zone${i + 1}`, {
        vpcId: vpc.vpcId,
        availabilityZone,
        cidrBlock: cidrs[i]!,
        mapPublicIpOnLaunch: false,
      });
      subnet.node.addDependency(blocks[i]!);
      nat.configureSubnet(subnet);
      return subnet;
    });
  }
}
