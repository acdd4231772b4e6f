import { DescribeSecurityGroupRulesCommand, EC2Client, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import { pages } from '../../doctor/facts/reader';
import { unique, type Json } from '../../doctor/plan';
import { OWNED_RULES, type Rule } from '../drift/owned';
import { resolve, Unresolved, type Made } from '../drift/resolve';
import { madeTemplates, type DeployedTemplate } from './made';
import { reader } from './reader';

/** A rule of a security group of the environment that no template holds and no controller owns. */
export interface AddedRule extends Rule {
  readonly id: string;
  readonly region: string;
}

/** Values of one filter of the EC2 API. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const MOST = 200;

/** Numbers of protocols, which EC2 tells by name. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html */
const PROTOCOLS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };

/** A value of a template; `*` if only the deployment knew it. */
const valueOf = (value: Json, made: Made): Json => {
  try {
    return resolve(value, made);
  } catch (error) {
    if (error instanceof Unresolved) return '*';
    throw error;
  }
};

const ruleOf = (group: string, isEgress: boolean, properties: Json, made: Made): Rule => {
  const value = (...names: readonly string[]) =>
    names.map((name) => valueOf(properties[name], made)).find((one) => one !== undefined);
  const protocol = `${value('IpProtocol')}`;
  const port = (name: string) => {
    const given = protocol === '-1' ? -1 : (value(name) ?? -1);
    return given === '*' ? given : Number(given);
  };
  return {
    group,
    isEgress,
    protocol: PROTOCOLS[protocol] ?? protocol,
    from: port('FromPort'),
    to: port('ToPort'),
    peer: `${value('CidrIp', 'CidrIpv6', 'SourcePrefixListId', 'DestinationPrefixListId', 'SourceSecurityGroupId', 'DestinationSecurityGroupId')}`,
    description: `${value('Description') ?? ''}`,
  };
};

/** A group without egress rules in its template lets all out. https://docs.aws.amazon.com/vpc/latest/userguide/default-custom-security-groups.html */
const ALL_OUT = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

/** The rules of a template, and the groups that it makes. */
const plannedIn = ({ resources, made }: DeployedTemplate) => {
  const all = Object.entries(resources);
  const groups = all.flatMap(([id, { Type }]) => (Type === 'AWS::EC2::SecurityGroup' ? (made.ids[id] ?? []) : []));
  const rules = all.flatMap(([id, { Type, Properties = {} }]): readonly Rule[] => {
    if (Type === 'AWS::EC2::SecurityGroup') {
      const { SecurityGroupIngress = [], SecurityGroupEgress = [ALL_OUT] } = Properties;
      const of = (list: readonly Json[], isEgress: boolean) =>
        list.map((one) => ruleOf(made.ids[id] ?? '', isEgress, one, made));
      return [...of(SecurityGroupIngress, false), ...of(SecurityGroupEgress, true)];
    }
    const isEgress = Type === 'AWS::EC2::SecurityGroupEgress';
    if (!isEgress && Type !== 'AWS::EC2::SecurityGroupIngress') return [];
    return [ruleOf(valueOf(Properties.GroupId, made), isEgress, Properties, made)];
  });
  return { groups, rules };
};

const foundRule = (region: string, rule: SecurityGroupRule): AddedRule => ({
  id: rule.SecurityGroupRuleId ?? '',
  region,
  group: rule.GroupId ?? '',
  isEgress: rule.IsEgress ?? false,
  protocol: PROTOCOLS[rule.IpProtocol ?? ''] ?? rule.IpProtocol ?? '',
  from: rule.IpProtocol === '-1' ? -1 : (rule.FromPort ?? -1),
  to: rule.IpProtocol === '-1' ? -1 : (rule.ToPort ?? -1),
  peer: rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? '',
  description: rule.Description ?? '',
});

const isLike = (planned: Rule, found: Rule): boolean =>
  (['group', 'isEgress', 'protocol', 'from', 'to', 'peer'] as const).every(
    (field) => planned[field] === '*' || planned[field] === found[field],
  );

/**
 * Rules of security groups that somebody has added. CloudFormation compares a rule that is a resource of its own, and not whether its
 * group has others.
 */
export const rules = reader(
  'CloudFormation, EC2',
  [...madeTemplates.actions, 'ec2:DescribeSecurityGroupRules'],
  async (world, target): Promise<readonly AddedRule[]> => {
    const templates = await madeTemplates.read(world, target);
    const regions = unique(templates.map(({ made }) => made.region));
    const all = await Promise.all(
      regions.map(async (region): Promise<readonly AddedRule[]> => {
        const own = templates.filter(({ made }) => made.region === region).map(plannedIn);
        const planned = own.flatMap((one) => one.rules);
        const made = new Set(own.flatMap(({ groups }) => groups));
        const ids = unique([...made, ...planned.map(({ group }) => group)]).filter((id) => id !== '*');
        // A group that rules of the templates are for, and that no template makes, is the one that EKS makes for its cluster.
        const clusterGroups = new Set(ids.filter((id) => !made.has(id)));
        const found: SecurityGroupRule[] = [];
        for (let at = 0; at < ids.length; at += MOST)
          found.push(
            ...(await pages(
              (NextToken) =>
                world.aws.client(EC2Client, region).send(
                  new DescribeSecurityGroupRulesCommand({
                    Filters: [{ Name: 'group-id', Values: ids.slice(at, at + MOST) }],
                    NextToken,
                  }),
                ),
              (page) => page.SecurityGroupRules,
              (page) => page.NextToken,
            )),
          );
        return found
          .map((rule) => foundRule(region, rule))
          .filter(
            (rule) =>
              !planned.some((one) => isLike(one, rule)) && !OWNED_RULES.some((row) => row.is(rule, clusterGroups)),
          );
      }),
    );
    return all.flat();
  },
);
