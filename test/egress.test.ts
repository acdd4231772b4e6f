import { egressProblems } from './egress';
import { templatesOf } from './references';
import { WITH_GRAFANA } from './sample';
import { once, sample, type Json } from './synth';
import { ENVIRONMENT_NAMES, environment } from './fixtures';

const group = (...SecurityGroupEgress: Json[]) => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: SecurityGroupEgress.length > 0 ? { SecurityGroupEgress } : {},
});

test.each([
  ...ENVIRONMENT_NAMES.map((name) => [name, environment(name)] as const),
  ['prod with Grafana', WITH_GRAFANA],
] as const)('no security group of %s lets out more than it has to', (_, config) => {
  expect(egressProblems(templatesOf(once(config)))).toEqual([]);
});

describe('would be found:', () => {
  const templates = templatesOf(sample('prod'));
  /** Findings about additional resources in the stack of the data. */
  const planted = (resources: Record<string, Json>): readonly string[] => {
    const { 'platform-prod-mysql': mysql, ...others } = templates;
    return egressProblems({
      ...others,
      'platform-prod-mysql': { ...mysql, Resources: { ...mysql.Resources, ...resources } },
    });
  };
  const nowhere = { CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 };
  const all = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };
  const GroupId = { 'Fn::GetAtt': ['Planted', 'GroupId'] };

  test('nothing of a group that lets nothing out', () => {
    expect(planted({ Planted: group(nowhere) })).toEqual([]);
  });

  test.each<[string, Record<string, Json>, string]>([
    ['a group without a rule', { Planted: group() }, 'has no rule in it'],
    [
      'a group all whose rules are resources of their own',
      {
        Planted: group(),
        Rule: {
          Type: 'AWS::EC2::SecurityGroupEgress',
          Properties: { GroupId, IpProtocol: 'tcp', DestinationSecurityGroupId: GroupId },
        },
      },
      'Planted has no rule in it',
    ],
    ['a group that lets everything out', { Planted: group(nowhere, all) }, 'lets every port out to 0.0.0.0/0'],
    ['the same of IPv6', { Planted: group({ IpProtocol: '-1', CidrIpv6: '::/0' }) }, 'lets every port out to ::/0'],
    [
      'a rule that does',
      {
        Planted: group(nowhere),
        Rule: { Type: 'AWS::EC2::SecurityGroupEgress', Properties: { ...all, GroupId } },
      },
      'Planted lets every port out',
    ],
    ['a rotation that may do more', { RotationSecurityGroup: group(all) }, 'RotationSecurityGroup lets every port out'],
  ])('%s', (_, resources, problem) => {
    expect(planted(resources)).toContainEqual(expect.stringContaining(problem));
  });
});
