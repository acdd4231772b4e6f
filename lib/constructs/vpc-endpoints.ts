import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  type ISubnet,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export interface VpcEndpointsProps {
  readonly vpc: Vpc;
  readonly podSubnets: readonly ISubnet[];
  /** Networks whose machines and pods may use the endpoints: the VPC's and the pods' blocks. */
  readonly clients: readonly string[];
  /** Number of zones with network interfaces of the endpoints. */
  readonly zones: number;
}

/** Services that a private cluster, its nodes (those without NAT too) and its pods call. */
const INTERFACE_SERVICES = {
  Ec2: InterfaceVpcEndpointAwsService.EC2, // the CNI attaches interfaces, the EBS driver volumes
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Eks: InterfaceVpcEndpointAwsService.EKS,
  EksAuth: InterfaceVpcEndpointAwsService.EKS_AUTH, // Pod Identity
  Sts: InterfaceVpcEndpointAwsService.STS,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Monitoring: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
  Autoscaling: InterfaceVpcEndpointAwsService.AUTOSCALING, // Cluster Autoscaler
  LoadBalancing: InterfaceVpcEndpointAwsService.ELASTIC_LOAD_BALANCING, // pods register as targets
  Sns: InterfaceVpcEndpointAwsService.SNS, // alerts leave without the internet
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Kms: InterfaceVpcEndpointAwsService.KMS,
  Ssm: InterfaceVpcEndpointAwsService.SSM, // Session Manager: the way to the nodes and to the API endpoint
  SsmMessages: InterfaceVpcEndpointAwsService.SSM_MESSAGES,
  Ec2Messages: InterfaceVpcEndpointAwsService.EC2_MESSAGES,
};

/** The AWS services that stay reachable without the internet, for nodes and pods alike. */
export class VpcEndpoints extends Construct {
  constructor(scope: Construct, id: string, { vpc, podSubnets, clients, zones }: VpcEndpointsProps) {
    super(scope, id);

    // For image layers and the CDK's assets, free of charge. The default covers the VPC's own subnets, not the pods'.
    vpc.addGatewayEndpoint('S3', {
      service: GatewayVpcEndpointAwsService.S3,
      subnets: [
        { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        { subnetType: SubnetType.PRIVATE_ISOLATED },
        { subnets: [...podSubnets] },
      ],
    });

    // The default admits the VPC's primary block only: pods, which have other addresses, would time out.
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'AWS service endpoints: HTTPS from nodes and pods',
      allowAllOutbound: false,
    });
    for (const cidr of clients)
      securityGroup.addIngressRule(Peer.ipv4(cidr), Port.tcp(443), 'HTTPS from nodes and pods');
    for (const [name, service] of Object.entries(INTERFACE_SERVICES))
      vpc.addInterfaceEndpoint(name, {
        service,
        open: false,
        securityGroups: [securityGroup],
        subnets: {
          subnetType: SubnetType.PRIVATE_WITH_EGRESS,
          availabilityZones: vpc.availabilityZones.slice(0, zones),
        },
      });
  }
}
