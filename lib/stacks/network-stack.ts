import { Stack } from 'aws-cdk-lib';
import {
  CfnSubnet,
  FlowLogDestination,
  IpAddresses,
  NatProvider,
  SubnetType,
  Vpc,
  type ISubnet,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { NetworkConfig } from '../config/environment';
import { MAX_ZONES, PRIVATE_PREFIX } from '../model/subnets';
import { prefixLength } from '../model/cidr';
import { acknowledge } from '../constructs/acknowledge';
import { PodNetwork } from '../constructs/pod-network';
import { providerLogs } from '../constructs/provider-logs';
import { removalPolicy } from '../constructs/removal-policy';
import { VpcEndpoints } from '../constructs/vpc-endpoints';
import type { EnvironmentStackProps } from './environment-stack-props';

export type NetworkStackProps = EnvironmentStackProps<'network' | 'retainLogs'>;

/** The VPC of an environment: where everything else stands. Stateful: its addresses are never replaced. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Subnets of the pods, one per zone. They are in no selection of the VPC, so that no machine lands there. */
  readonly podSubnets: readonly ISubnet[];
  readonly natGatewayIds: readonly string[];
  /** Name of the log group of the flow log. */
  readonly flowLogs: string;
  private readonly zones: readonly string[];

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { network: config, retainLogs } = props.config;
    this.zones = config.availabilityZones;

    const nat = NatProvider.gateway();
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(config.vpcCidr),
      availabilityZones: [...config.availabilityZones],
      reservedAzs: MAX_ZONES - config.availabilityZones.length, // each keeps its blocks, whatever zones come after it
      natGateways: config.natGateways,
      natGatewayProvider: nat,
      restrictDefaultSecurityGroup: true,
      // The largest first, so that none is shifted for alignment; one more tier goes behind these.
      subnetConfiguration: [
        {
          name: 'Private',
          subnetType: SubnetType.PRIVATE_WITH_EGRESS,
          cidrMask: PRIVATE_PREFIX[prefixLength(config.vpcCidr)],
        },
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'Data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    vpc.availabilityZones.splice(config.availabilityZones.length); // the library appends the reserved ones to them
    this.vpc = vpc;

    const logs = {
      retention: config.flowLogRetentionDays,
      removalPolicy: removalPolicy(retainLogs),
    };
    const flowLogs = new LogGroup(this, 'FlowLogs', logs);
    vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(flowLogs) });
    this.flowLogs = (flowLogs.node.defaultChild as CfnLogGroup).ref; // the name that the library gives is no reference
    this.natGatewayIds = nat.configuredGateways.map(({ gatewayId }) => gatewayId);
    providerLogs(this, 'DefaultSecurityGroupLogs', {
      ...logs,
      type: 'Custom::VpcRestrictDefaultSG',
      resources: [vpc.node.findChild('RestrictDefaultSecurityGroupCustomResource')],
    });

    this.podSubnets = new PodNetwork(this, 'PodNetwork', { vpc, nat, cidrs: config.podCidrs }).subnets;
    this.recordZoneIds(config);
    new VpcEndpoints(this, 'Endpoints', {
      vpc,
      podSubnets: this.podSubnets,
      clients: [config.vpcCidr, ...config.podCidrs],
      zones: config.endpointZones,
    });

    acknowledge(this, 'Zones are configuration: looking them up would need credentials', [
      'CloudFormation-Validate::W3010',
    ]);
  }

  /** A template says which zone each subnet is meant for, because an account can name another zone so. */
  private recordZoneIds({ availabilityZones, availabilityZoneIds }: NetworkConfig): void {
    if (availabilityZoneIds === undefined) return;
    for (const subnet of this.node.findAll().filter((each) => each instanceof CfnSubnet))
      subnet.addMetadata(
        'AvailabilityZoneId',
        availabilityZoneIds[availabilityZones.indexOf(subnet.availabilityZone!)],
      );
  }

  /** The configured zones: no lookup in the account. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }
}
