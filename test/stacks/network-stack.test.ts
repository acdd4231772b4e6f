import { SAMPLES } from '../sample';
import { sample, idsOf, ordered, propertiesOf, resourcesOf, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'network');
const dev = resourcesOf(sample('dev'), 'network');

test('has public, private and data subnets in each of three zones, and a pod subnet', () => {
  const subnets = propertiesOf(prod, 'AWS::EC2::Subnet');
  const zones = SAMPLES.prod.network.availabilityZones;
  for (const kind of ['Public', 'Private', 'Data', 'Zone'])
    expect(subnets.filter(({ id }) => id.includes(kind)).map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(
      zones,
    );
  expect(subnets.every(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch === false)).toBe(true);
});

test('has as many NAT gateways as configured', () => {
  expect(idsOf(prod, 'AWS::EC2::NatGateway')).toHaveLength(3);
  expect(idsOf(dev, 'AWS::EC2::NatGateway')).toHaveLength(1);
});

test('gives the pods blocks of their own, one after another, a subnet per zone and the rest to spare (S9)', () => {
  const { podCidrs, availabilityZones } = SAMPLES.prod.network;
  const blocks = idsOf(prod, 'AWS::EC2::VPCCidrBlock');
  expect(propertiesOf(prod, 'AWS::EC2::VPCCidrBlock').map(({ CidrBlock }) => CidrBlock)).toEqual(podCidrs);
  blocks.slice(1).forEach((block, i) => expect(ordered(prod, blocks[i]!, block)).toBe(true));

  const subnets = propertiesOf(prod, 'AWS::EC2::Subnet').filter(({ id }) => id.startsWith('PodNetwork'));
  expect(subnets.map(({ CidrBlock }) => CidrBlock)).toEqual(podCidrs.slice(0, availabilityZones.length));
  subnets.forEach(({ id }, i) => expect(ordered(prod, blocks[i]!, id)).toBe(true));
});

test('sends what leaves a private or pod subnet through the NAT gateway of its zone, and the data subnets nowhere', () => {
  const gatewayOf = (subnet: RegExp) =>
    propertiesOf(prod, 'AWS::EC2::Route')
      .filter(({ id }) => subnet.test(id))
      .map(({ NatGatewayId }) => NatGatewayId?.Ref);
  const gateways = idsOf(prod, 'AWS::EC2::NatGateway');
  expect(gatewayOf(/PrivateSubnet/)).toEqual(gateways);
  expect(gatewayOf(/PodNetwork/)).toEqual(gateways);
  expect(gatewayOf(/DataSubnet/)).toEqual([]);
});

test('puts the gateway endpoint of S3 on the routes of private, data and pod subnets', () => {
  const tables = idsOf(prod, 'AWS::EC2::RouteTable')
    .filter((id) => !id.includes('Public'))
    .toSorted();
  const gateways = propertiesOf(prod, 'AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Gateway',
  );
  expect(tables).toHaveLength(9);
  expect(gateways).toHaveLength(1);
  for (const { RouteTableIds } of gateways)
    expect(RouteTableIds.map(({ Ref }: { Ref: string }) => Ref).toSorted()).toEqual(tables);
});

test('opens the interface endpoints to the VPC and to every pod block, and to nobody else', () => {
  const [group] = propertiesOf(prod, 'AWS::EC2::SecurityGroup');
  const { vpcCidr, podCidrs } = SAMPLES.prod.network;
  expect(group?.SecurityGroupIngress.map(({ CidrIp }: { CidrIp: string }) => CidrIp)).toEqual([vpcCidr, ...podCidrs]);
  expect(group?.SecurityGroupIngress.every(({ FromPort, ToPort }: Json) => FromPort === 443 && ToPort === 443)).toBe(
    true,
  );
  const interfaces = propertiesOf(prod, 'AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
  );
  for (const { SecurityGroupIds, PrivateDnsEnabled, SubnetIds } of interfaces) {
    expect(SubnetIds).toHaveLength(SAMPLES.prod.network.endpointZones);
    expect(JSON.stringify(SubnetIds)).not.toMatch(/Public|Data/);
    expect(SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [group?.id, 'GroupId'] }]);
    expect(PrivateDnsEnabled).toBe(true);
  }
});

// Nodes in data subnets have no way out but these: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
test.each([
  'ec2',
  'ecr.api',
  'ecr.dkr',
  'eks',
  'eks-auth',
  'sts',
  'logs',
  'ssm',
  'ssmmessages',
  'ec2messages',
  'autoscaling',
  'elasticloadbalancing',
  'secretsmanager',
  'kms',
  'monitoring',
])('has an endpoint for %s', (service) => {
  expect(propertiesOf(prod, 'AWS::EC2::VPCEndpoint').map(({ ServiceName }) => ServiceName)).toContain(
    `com.amazonaws.${SAMPLES.prod.region}.${service}`,
  );
});

test('logs every flow, and keeps the log as the configuration says', () => {
  expect(propertiesOf(prod, 'AWS::EC2::FlowLog')).toEqual([
    expect.objectContaining({ TrafficType: 'ALL', ResourceType: 'VPC' }),
  ]);
  for (const [resources, days, policy] of [
    [prod, 90, 'RetainExceptOnCreate'],
    [dev, 30, 'Delete'],
  ] as const)
    for (const id of idsOf(resources, 'AWS::Logs::LogGroup'))
      expect(resources[id]).toMatchObject({ Properties: { RetentionInDays: days }, DeletionPolicy: policy });
});

test('closes the default security group, with a function whose log has an end', () => {
  const [closer] = idsOf(prod, 'Custom::VpcRestrictDefaultSG');
  const log = idsOf(prod, 'AWS::Logs::LogGroup').find((id) => id.startsWith('DefaultSecurityGroup'));
  expect(ordered(prod, log!, closer!)).toBe(true);
});
