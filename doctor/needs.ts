import { planned, sum, unique, type Json, type Placed, type Plan } from './plan';

/** How many resources of a type are in a region. */
export const count = (type: string) => (plan: Plan, region: string) => planned(plan, type, region).length;

/** The largest, or 0. */
export const most = (values: readonly number[]): number => Math.max(0, ...values);

/** Sum of a number of each volume of every node. */
export const ofNodes = (volume: (mapping: Json) => number) => (plan: Plan) =>
  sum(nodeGroups(plan).map((group) => nodesOf(group) * sum(mappingsOf(plan, group).map(volume))));

/** Nodes that a roll of a node group adds: two for each of its zones, of which it has one. */
const ROLL = 2;

/** The node groups. */
export const nodeGroups = (plan: Plan) => planned(plan, 'AWS::EKS::Nodegroup');

/**
 * The nodes of a group at its most and in the middle of a roll.
 * https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
 */
export const nodesOf = ({ properties }: Placed): number => properties.ScalingConfig.MaxSize + ROLL;

const mappingsOf = (plan: Plan, { properties, stack }: Placed): readonly Json[] => {
  const id = properties.LaunchTemplate?.Id?.Ref;
  const template = planned(plan, 'AWS::EC2::LaunchTemplate').find((one) => one.logicalId === id && one.stack === stack);
  return template?.properties.LaunchTemplateData.BlockDeviceMappings ?? [];
};

/** The NAT gateways of each zone that has any. */
export const natGatewaysByZone = (plan: Plan): readonly number[] => {
  const zoneOf = new Map(
    planned(plan, 'AWS::EC2::Subnet').map((one) => [one.logicalId, one.properties.AvailabilityZone]),
  );
  const zones = planned(plan, 'AWS::EC2::NatGateway').map(({ properties }) => zoneOf.get(properties.SubnetId.Ref));
  return unique(zones).map((zone) => zones.filter((other) => other === zone).length);
};

const GROUP_LISTS = /^(VPCSecurityGroups|VpcSecurityGroupIds|SecurityGroupIds|SecurityGroups)$/;

/** The sizes of all lists of security groups of one network interface, wherever a resource has them. */
export const groupLists = (value: Json): readonly number[] => {
  if (Array.isArray(value)) return value.flatMap(groupLists);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    GROUP_LISTS.test(key) && Array.isArray(inner) ? [inner.length] : groupLists(inner),
  );
};

/**
 * "The weight of a Amazon CloudFront managed prefix list is 55":
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#aws-managed-prefix-list-weights
 */
const PREFIX_LIST_RULES = 55;

const weight = ({ SourcePrefixListId, DestinationPrefixListId }: Json): number =>
  (SourcePrefixListId ?? DestinationPrefixListId) ? PREFIX_LIST_RULES : 1;

/** Rules of each security group in each direction. */
export const rules = (plan: Plan): readonly number[] => {
  const groups = planned(plan, 'AWS::EC2::SecurityGroup');
  const of = (type: string) =>
    planned(plan, type).map(({ properties }) => ({ key: JSON.stringify(properties.GroupId), properties }));
  return [
    ['SecurityGroupIngress', of('AWS::EC2::SecurityGroupIngress')] as const,
    ['SecurityGroupEgress', of('AWS::EC2::SecurityGroupEgress')] as const,
  ].flatMap(([field, apart]) => [
    ...groups.map(({ properties, logicalId }) => {
      const own = apart.filter(({ key }) => key.includes(`"${logicalId}"`));
      return sum([...(properties[field] ?? []).map(weight), ...own.map((one) => weight(one.properties))]);
    }),
    ...unique(apart.map(({ key }) => key)).map((group) =>
      sum(apart.filter(({ key }) => key === group).map((one) => weight(one.properties))),
    ),
  ]);
};
