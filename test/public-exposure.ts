import { within } from '../lib/model/cidr';
import { CLOUDFRONT_PREFIX_LISTS } from '../lib/model/cloudfront-prefix-lists';
import type { EnvironmentConfig, SiteName } from '../lib/config/environment';
import { publicSites } from '../lib/config/derive/public-sites';
import { allOf, objectsIn, target, text, type Place, type Templates } from './references';
import { allowed } from './request-path/firewall';
import { flat, type Json } from './synth';

/** Problems of a resource of a type. */
type Rule = (place: Place, properties: Json, templates: Templates, config: EnvironmentConfig) => readonly string[];

const when = (wrong: boolean, problem: string): readonly string[] => (wrong ? [problem] : []);

/** Problems of a rule that admits others than a group, CloudFront, or a block of the environment's own networks. */
const ingress = (
  { CidrIp, CidrIpv6, SourcePrefixListId, SourceSecurityGroupId }: Json,
  { region, network }: EnvironmentConfig,
): readonly string[] => {
  if (SourceSecurityGroupId) return [];
  if (SourcePrefixListId)
    return when(SourcePrefixListId !== CLOUDFRONT_PREFIX_LISTS[region], `admits ${flat(SourcePrefixListId)}`);
  const own = [network.vpcCidr, ...network.podCidrs];
  const isOwn = typeof CidrIp === 'string' && own.some((block) => within(CidrIp, block));
  return when(!isOwn, `admits ${JSON.stringify(CidrIp ?? CidrIpv6)}`);
};

const associatesPublicAddress = ({ NetworkInterfaces = [] }: Json): readonly string[] =>
  when(
    NetworkInterfaces.some((each: Json) => each.AssociatePublicIpAddress !== false),
    'may have a public address',
  );

const isInternal: Rule = (_, { Scheme }) => when(Scheme !== 'internal', 'faces the internet');

/** Rules by type, for resources that could lead from the internet into the VPC. */
const RULES: Readonly<Record<string, Rule>> = {
  'AWS::EC2::SecurityGroup': (_, { SecurityGroupIngress = [] }, __, config) =>
    SecurityGroupIngress.flatMap((rule: Json) => ingress(rule, config)),
  'AWS::EC2::SecurityGroupIngress': (_, rule, __, config) => ingress(rule, config),
  'AWS::EC2::EIP': ({ stack, id }, { InstanceId }, templates) => {
    const address = text(templates, stack, { 'Fn::GetAtt': [id, 'AllocationId'] });
    const isOfNat = allOf(templates, 'AWS::EC2::NatGateway').some(
      (nat) => text(templates, nat.stack, nat.Properties.AllocationId) === address,
    );
    return when(!isOfNat || InstanceId !== undefined, 'is of no NAT gateway');
  },
  'AWS::EC2::EIPAssociation': () => ['gives something a public address'],
  'AWS::EC2::Subnet': (_, { MapPublicIpOnLaunch, AssignIpv6AddressOnCreation }) =>
    when(
      MapPublicIpOnLaunch !== false || AssignIpv6AddressOnCreation === true,
      'gives what stands in it a public address',
    ),
  'AWS::EC2::LaunchTemplate': (_, { LaunchTemplateData }) => associatesPublicAddress(LaunchTemplateData),
  'AWS::EC2::Instance': (_, properties) => associatesPublicAddress(properties),
  'AWS::CloudFront::Distribution': (distribution, { DistributionConfig }, templates, config) => {
    const site = DistributionConfig.Comment.split(': ')[1] as SiteName;
    const wanted = publicSites(config).find(({ name }) => name === site)?.allowedCidrs;
    const networks = allowed(templates, distribution);
    return when(`${networks}` !== `${wanted}`, `admits ${networks ?? 'everybody'}, not ${wanted ?? 'everybody'}`);
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': isInternal,
  'AWS::ElasticLoadBalancing::LoadBalancer': isInternal,
  'AWS::RDS::DBInstance': (_, { PubliclyAccessible }) =>
    when(PubliclyAccessible !== false, 'may have a public address'),
  'AWS::EKS::Cluster': (_, { ResourcesVpcConfig }, __, { cluster }) => {
    const { EndpointPublicAccess: isPublic, PublicAccessCidrs = [] } = ResourcesVpcConfig;
    const wanted = cluster.publicEndpointCidrs;
    return when(
      isPublic !== wanted.length > 0 || `${PublicAccessCidrs}` !== `${wanted}`,
      'has another public endpoint than configured',
    );
  },
};

/** Subnets that a route leads to from the internet. */
export const publicSubnets = (templates: Templates): readonly Place[] => {
  const tables = new Set(
    allOf(templates, 'AWS::EC2::Route')
      .filter(({ Properties }) => Properties.GatewayId)
      .map(({ stack, Properties }) => text(templates, stack, Properties.RouteTableId)),
  );
  return allOf(templates, 'AWS::EC2::SubnetRouteTableAssociation')
    .filter(({ stack, Properties }) => tables.has(text(templates, stack, Properties.RouteTableId)))
    .flatMap(({ stack, Properties }) => target(templates, stack, Properties.SubnetId) ?? []);
};

/** Every value of a template that is a reference. */
const references = (value: Json): readonly Json[] => {
  if (typeof value !== 'object' || value === null) return [];
  return ['Ref', 'Fn::GetAtt', 'Fn::ImportValue'].some((name) => name in value)
    ? [value]
    : Object.values(value).flatMap(references);
};

const STANDS_IN_PUBLIC = new Set(['AWS::EC2::NatGateway', 'AWS::EC2::SubnetRouteTableAssociation']);

/** Resources in a public subnet beside the NAT gateways. */
const inPublic = (templates: Templates): readonly string[] => {
  const subnets = new Set(publicSubnets(templates).map(({ stack, id }) => `\${${stack}.${id}}`));
  return Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries<Json>(Resources)
      .filter(([, { Type }]) => !STANDS_IN_PUBLIC.has(Type))
      .filter(([, { Properties }]) =>
        references(Properties).some((value) => subnets.has(text(templates, stack, value))),
      )
      .map(([id]) => `${stack} ${id} stands in a public subnet`),
  );
};

/** Kubernetes objects for which a controller would make a way from the internet. */
const opened = (templates: Templates): readonly string[] =>
  objectsIn(templates, 'Ingress', 'Service')
    .filter(
      (each) =>
        each.kind === 'Ingress' ||
        ['LoadBalancer', 'NodePort'].includes(each.spec.type) ||
        each.spec.externalIPs !== undefined,
    )
    .map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace}/${name} opens the cluster`);

/** All that would let the internet in, or give something in the VPC a public address. */
export const exposure = (templates: Templates, config: EnvironmentConfig): readonly string[] => [
  ...Object.entries(RULES).flatMap(([type, rule]) =>
    allOf(templates, type).flatMap((place) =>
      rule(place, place.Properties, templates, config).map((problem) => `${place.stack} ${place.id} ${problem}`),
    ),
  ),
  ...inPublic(templates),
  ...opened(templates),
];
