import { exposure, publicSubnets } from './public-exposure';
import { allOf, templatesOf } from './references';
import { SAMPLES, WITH_GRAFANA } from './sample';
import { once, type Json } from './synth';
import { ENVIRONMENT_NAMES, environment } from './fixtures';

const { domain: _, ...withoutDomain } = SAMPLES.prod;

test.each([
  ...ENVIRONMENT_NAMES.map((name) => [name, environment(name)] as const),
  ['prod without a domain', withoutDomain],
  ['prod with Grafana', WITH_GRAFANA],
] as const)('nothing of %s is open to the internet, and only NAT gateways have public addresses', (__, config) => {
  expect(exposure(templatesOf(once(config)), config)).toEqual([]);
});

describe('would be found:', () => {
  const { prod } = SAMPLES;
  const whole = templatesOf(once(prod));
  /** Findings when the network stack has one more resource. */
  const planted = (Type: string, Properties: object): readonly string[] => {
    const { 'platform-prod-network': network, ...others } = whole;
    const Resources = { ...network.Resources, Planted: { Type, Properties } };
    return exposure({ ...others, 'platform-prod-network': { ...network, Resources } }, prod);
  };
  const [subnet] = publicSubnets(whole);
  const [eip] = allOf(whole, 'AWS::EC2::EIP');
  const open = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

  test.each<[string, string, object, string]>([
    [
      'a group that admits the internet',
      'AWS::EC2::SecurityGroup',
      {
        SecurityGroupIngress: [
          { ...open, CidrIp: '10.0.0.0/16' },
          { ...open, CidrIp: '0.0.0.0/0' },
        ],
      },
      'admits "0.0.0.0/0"',
    ],
    ['a rule that does', 'AWS::EC2::SecurityGroupIngress', { ...open, CidrIpv6: '::/0' }, 'admits "::/0"'],
    ['half of the internet', 'AWS::EC2::SecurityGroupIngress', { ...open, CidrIp: '0.0.0.0/1' }, 'admits "0.0.0.0/1"'],
    [
      'the private network of others',
      'AWS::EC2::SecurityGroupIngress',
      { ...open, CidrIp: '10.0.0.0/8' },
      'admits "10.0.0.0/8"',
    ],
    [
      'a block that only the deployment knows',
      'AWS::EC2::SecurityGroupIngress',
      { ...open, CidrIp: { Ref: 'Block' } },
      'admits {"Ref":"Block"}',
    ],
    [
      'another list of addresses',
      'AWS::EC2::SecurityGroupIngress',
      { ...open, SourcePrefixListId: 'pl-0' },
      'admits pl-0',
    ],
    ['an address of nobody', 'AWS::EC2::EIP', {}, 'is of no NAT gateway'],
    [
      'an address given away',
      'AWS::EC2::EIPAssociation',
      { AllocationId: { 'Fn::GetAtt': [eip?.id, 'AllocationId'] }, InstanceId: 'i-0' },
      'gives something a public address',
    ],
    [
      'a subnet that gives addresses',
      'AWS::EC2::Subnet',
      { MapPublicIpOnLaunch: true },
      'gives what stands in it a public address',
    ],
    [
      'nodes with addresses',
      'AWS::EC2::LaunchTemplate',
      { LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true }] } },
      'may have a public address',
    ],
    [
      'a machine with one',
      'AWS::EC2::Instance',
      { NetworkInterfaces: [{ DeviceIndex: '0', AssociatePublicIpAddress: true }] },
      'may have a public address',
    ],
    [
      'a load balancer',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      { Scheme: 'internet-facing' },
      'faces the internet',
    ],
    ['one that does not say', 'AWS::ElasticLoadBalancing::LoadBalancer', {}, 'faces the internet'],
    ['a database', 'AWS::RDS::DBInstance', { PubliclyAccessible: true }, 'may have a public address'],
    [
      'the API of Kubernetes',
      'AWS::EKS::Cluster',
      { ResourcesVpcConfig: { EndpointPublicAccess: true, PublicAccessCidrs: ['10.0.0.0/8'] } },
      'has another public endpoint than configured',
    ],
    [
      'what stands in a public subnet',
      'AWS::ElastiCache::SubnetGroup',
      { SubnetIds: [{ Ref: subnet?.id }] },
      'stands in a public subnet',
    ],
  ])('%s', (__, type, properties, problem) => {
    expect(planted(type, properties)).toEqual([`platform-prod-network Planted ${problem}`]);
  });

  test.each<[string, object]>([
    ['Service', { type: 'LoadBalancer' }],
    ['Service', { type: 'NodePort' }],
    ['Service', { type: 'ClusterIP', externalIPs: ['203.0.113.1'] }],
    ['Ingress', { rules: [] }],
  ])('a Kubernetes %s %j', (kind, spec) => {
    const Manifest = JSON.stringify([{ kind, metadata: { namespace: 'platform-core', name: 'planted' }, spec }]);
    expect(planted('Custom::AWSCDK-EKS-KubernetesResource', { Manifest })).toEqual([
      `${kind} platform-core/planted opens the cluster`,
    ]);
  });

  test.each<[string, (acl: Json) => void, string]>([
    ['everybody', (acl) => (acl.DefaultAction = { Allow: {} }), 'admits everybody'],
    [
      'all who are not found',
      (acl) => (acl.Rules.find(({ Name }: Json) => Name === 'Allowed').Statement = { GeoMatchStatement: {} }),
      'admits 0.0.0.0/0',
    ],
  ])('a Grafana for %s', (__, change, problem) => {
    const templates = templatesOf(once(WITH_GRAFANA));
    const acl = allOf(templates, 'AWS::WAFv2::WebACL').find(({ stack }) => stack.endsWith('grafana-firewall'));
    change(acl!.Properties);
    expect(exposure(templates, WITH_GRAFANA)).toEqual([
      expect.stringMatching(`${problem}, not 198.51.100.0/24,203.0.113.7/32$`),
    ]);
  });

  test('a Grafana for others than configured', () => {
    const grafana = { ...WITH_GRAFANA.monitoring.grafana, allowedCidrs: ['192.0.2.0/24'] };
    const configured = { ...WITH_GRAFANA, monitoring: { ...WITH_GRAFANA.monitoring, grafana } };
    expect(exposure(templatesOf(once(WITH_GRAFANA)), configured)).toEqual([
      expect.stringMatching(/admits 198.51.100.0\/24,203.0.113.7\/32, not 192.0.2.0\/24$/),
    ]);
  });

  test('a private API where a public one is configured', () => {
    const configured = { ...prod, cluster: { ...prod.cluster, publicEndpointCidrs: ['203.0.113.0/24'] } };
    expect(exposure(whole, configured)).toEqual([
      expect.stringContaining('has another public endpoint than configured'),
    ]);
  });
});
