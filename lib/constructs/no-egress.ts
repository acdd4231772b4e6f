import type { CfnSecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';

/**
 * Lets nothing out of a security group but what rules of their own resources say. The library's `allowAllOutbound: false` stands for as
 * long as nobody adds a rule: the first one takes the placeholder's place, and where it is a resource of its own (its peer is a security
 * group), nothing is left in the group. AWS promises only of a group that is made with rules that EC2 does not add the one that lets
 * everything out: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html
 */
export const noEgress = (group: SecurityGroup): void => {
  (group.node.defaultChild as CfnSecurityGroup).securityGroupEgress = [
    // The library's own: one address that is nobody's, and a type of ICMP that does not exist.
    {
      cidrIp: '255.255.255.255/32',
      description: 'Disallow all traffic',
      ipProtocol: 'icmp',
      fromPort: 252,
      toPort: 86,
    },
  ];
};
