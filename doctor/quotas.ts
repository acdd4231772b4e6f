import { EDGE_REGION } from '../lib/model/edge-region';
import { count, ofNodes, groupLists, most, natGatewaysByZone, nodeGroups, nodesOf, rules } from './needs';
import { planned, regionsOf, sum, type Plan } from './plan';

/** A quota of Service Quotas, and the value that an environment needs. Its name and its page: rehearsal/src/provider/quotas.json. */
export interface Quota {
  readonly service: string;
  readonly code: string;
  /** Where it holds. @default - the home region */
  readonly regions?: (plan: Plan) => readonly string[];
  /** The maximum that the environment needs in a region. */
  readonly need: (plan: Plan, region: string, vcpus: Readonly<Record<string, number>>) => number;
  /** Kind of things of which others in the account count too. @default - it bounds something of the environment's own */
  readonly used?: UsedKind;
  /** Its purpose, where the title does not say. */
  readonly reason?: string;
}

/** Kinds of things that the account already has some of. */
const USED_KINDS = [
  'instances',
  'vpcs',
  'internetGateways',
  'addresses',
  'natGateways',
  'cacheNodes',
  'clusters',
  'distributions',
] as const;
type UsedKind = (typeof USED_KINDS)[number];

/** Every quota that an environment could meet. */
export const QUOTAS: readonly Quota[] = [
  {
    service: 'ec2',
    code: 'L-1216C47A',
    need: (plan, _region, vcpus) =>
      sum(nodeGroups(plan).map((group) => nodesOf(group) * (vcpus[group.properties.InstanceTypes[0]] ?? 0))),
    used: 'instances',
    reason: 'vCPUs of all node groups at their maximum, each during a rolling update',
  },
  { service: 'ec2', code: 'L-0263D0A3', need: count('AWS::EC2::EIP'), used: 'addresses' },
  { service: 'vpc', code: 'L-F678F1CE', need: count('AWS::EC2::VPC'), used: 'vpcs' },
  {
    service: 'vpc',
    code: 'L-A4707A72',
    need: count('AWS::EC2::InternetGateway'),
    used: 'internetGateways',
  },
  {
    service: 'vpc',
    code: 'L-FE5A380F',
    need: (plan) => most(natGatewaysByZone(plan)),
    used: 'natGateways',
  },
  {
    service: 'vpc',
    code: 'L-29B6F2EB',
    need: (plan) =>
      planned(plan, 'AWS::EC2::VPCEndpoint').filter((one) => one.properties.VpcEndpointType === 'Interface').length,
  },
  {
    service: 'vpc',
    code: 'L-83CA0A9D',
    need: (plan, region) => 1 + count('AWS::EC2::VPCCidrBlock')(plan, region),
  },
  {
    service: 'vpc',
    code: 'L-2AFB9258',
    need: (plan) =>
      most(plan.stacks.flatMap(({ resources }) => resources.flatMap(({ properties }) => groupLists(properties)))),
  },
  {
    service: 'vpc',
    code: 'L-0EA8095F',
    need: (plan) => most(rules(plan)),
  },
  {
    service: 'elasticloadbalancing',
    code: 'L-53DA6B97',
    need: count('AWS::ElasticLoadBalancingV2::LoadBalancer'),
  },
  {
    service: 'ebs',
    code: 'L-7A658B76',
    need: (plan) => Math.ceil(ofNodes(({ Ebs }) => (Ebs.VolumeType === 'gp3' ? Ebs.VolumeSize : 0))(plan) / 1024),
    reason: 'root volumes of the nodes, without the volumes of pods',
  },
  {
    service: 'ebs',
    code: 'L-09BD8365',
    need: (plan) => Math.ceil(ofNodes(({ Ebs }) => (Ebs.VolumeType === 'io2' ? Ebs.VolumeSize : 0))(plan) / 1024),
  },
  {
    service: 'ebs',
    code: 'L-8D977E7E',
    need: ofNodes(({ Ebs }) => (Ebs.VolumeType === 'io2' ? Ebs.Iops : 0)),
  },
  { service: 'eks', code: 'L-1194D53C', need: count('AWS::EKS::Cluster'), used: 'clusters' },
  { service: 'eks', code: 'L-6D54EA21', need: count('AWS::EKS::Nodegroup') },
  {
    service: 'eks',
    code: 'L-BD136A63',
    need: (plan) => most(nodeGroups(plan).map(nodesOf)),
  },
  { service: 'rds', code: 'L-D94C7EA3', need: count('AWS::RDS::DBProxy') },
  {
    service: 'rds',
    code: 'L-5BC124EF',
    need: (plan) =>
      planned(plan, 'AWS::RDS::DBInstance').filter((one) => one.properties.SourceDBInstanceIdentifier).length,
  },
  {
    service: 'elasticache',
    code: 'L-DFE45DF3',
    need: (plan) =>
      sum(
        planned(plan, 'AWS::ElastiCache::ReplicationGroup').map(
          ({ properties }) => properties.NumNodeGroups * (1 + properties.ReplicasPerNodeGroup),
        ),
      ),
    used: 'cacheNodes',
  },
  {
    service: 'cloudfront',
    code: 'L-24B04930',
    regions: () => [EDGE_REGION],
    need: (plan) => planned(plan, 'AWS::CloudFront::Distribution').length,
    used: 'distributions',
  },
  {
    service: 'acm',
    code: 'L-F141DD1D',
    regions: regionsOf,
    need: count('AWS::CertificateManager::Certificate'),
  },
  {
    service: 'acm',
    code: 'L-FB94F0B0',
    regions: regionsOf,
    need: (plan, region) =>
      most(
        planned(plan, 'AWS::CertificateManager::Certificate', region).map(
          ({ properties }) => 1 + (properties.SubjectAlternativeNames ?? []).length,
        ),
      ),
  },
];

/**
 * Functions that may run at the same time. "New AWS accounts have reduced concurrency and memory quotas", says the page of the quota;
 * ten are what people meet.
 */
export const CONCURRENCY = {
  service: 'lambda',
  code: 'L-B99A9384',
  least: 100,
  advised: 1000,
} as const;

/** Regions with functions. */
export const functionRegions = (plan: Plan): readonly string[] =>
  regionsOf(plan).filter((region) => count('AWS::Lambda::Function')(plan, region) > 0);

/** Everything that Service Quotas is asked. */
export const asked = (
  plan: Plan,
): readonly { readonly service: string; readonly code: string; readonly region: string }[] => [
  ...QUOTAS.flatMap(({ service, code, regions = ({ region }) => [region], need }) =>
    regions(plan)
      .filter((region) => used(need, plan, region))
      .map((region) => ({ service, code, region })),
  ),
  ...functionRegions(plan).map((region) => ({ service: CONCURRENCY.service, code: CONCURRENCY.code, region })),
];

/** Whether the environment has any of it there; how many vCPUs a type has is not known yet. */
const used = (need: Quota['need'], plan: Plan, region: string): boolean =>
  need(plan, region, new Proxy({}, { get: () => 1 })) > 0;

/** The key of a quota. */
export const quotaKey = (of: { readonly service: string; readonly code: string; readonly region: string }): string =>
  `${of.region} ${of.service} ${of.code}`;
