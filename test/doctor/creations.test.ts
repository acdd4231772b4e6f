import { CREATIONS } from '../../doctor/checks/access';
import type { Aws } from '../../doctor/aws';
import { creationsOf } from '../../doctor/creations';
import { deniedCreations } from '../../doctor/facts/creations';
import { planWith, resource } from '../../checks/doctor/plan';

const NAMED = { DBInstanceIdentifier: 'platform-dev-mysql' };

const of = (...resources: ReturnType<typeof resource>[]) =>
  creationsOf(planWith(resources)).map(({ action, arn, region }) => `${action} ${arn} ${region}`);

describe('what the execution role needs without fail', () => {
  test.each([
    ['what has no ARN yet', resource('AWS::EKS::Cluster'), 'eks:CreateCluster * eu-west-1'],
    ['an id', resource('AWS::EC2::VPC'), 'ec2:CreateVpc arn:aws:ec2:eu-west-1:111111111111:vpc/EXAMPLE eu-west-1'],
    [
      'a name',
      resource('AWS::RDS::DBInstance', NAMED),
      'rds:CreateDBInstance arn:aws:rds:eu-west-1:111111111111:db:platform-dev-mysql eu-west-1',
    ],
    [
      'a generated name',
      resource('AWS::SNS::Topic'),
      'sns:CreateTopic arn:aws:sns:eu-west-1:111111111111:platform-dev-network-EXAMPLE eu-west-1',
    ],
    [
      'a path',
      resource('AWS::SSM::Parameter', { Name: '/platform/dev/x' }),
      'ssm:PutParameter arn:aws:ssm:eu-west-1:111111111111:parameter/platform/dev/x eu-west-1',
    ],
    [
      'a scope',
      resource('AWS::WAFv2::IPSet', { Name: 'platform-dev', Scope: 'REGIONAL' }),
      'wafv2:CreateIPSet arn:aws:wafv2:eu-west-1:111111111111:regional/ipset/platform-dev/EXAMPLE eu-west-1',
    ],
    ['a global service', resource('AWS::Route53::HostedZone'), 'route53:CreateHostedZone * us-east-1'],
  ])('%s', (_, one, expected) => {
    expect(of(one)).toEqual([expected]);
  });

  test('is asked once for a type', () => {
    expect(of(resource('AWS::EC2::VPC'), resource('AWS::EC2::VPC', {}, 'Two'))).toHaveLength(1);
  });

  test('leaves out what is not known: names of other stacks, what belongs to others, types of no extract', () => {
    const imported = { DBInstanceIdentifier: { 'Fn::ImportValue': 'x' } };
    expect(of(resource('AWS::RDS::DBInstance', imported), resource('AWS::EKS::Addon'), resource('Custom::X'))).toEqual(
      [],
    );
  });

  test('leaves out roles, which have a check of their own', () => {
    expect(of(resource('AWS::IAM::Role'))).toEqual([]);
  });
});

/** IAM that answers so for each action. */
const iam = (answers: Readonly<Record<string, object>>, exists = true): Aws =>
  ({
    client: () => ({
      send: async ({ input }: { input: { RoleName?: string; ActionNames: string[] } }) => {
        if (input.RoleName !== undefined && exists) return { Role: { Arn: 'arn' } };
        if (input.RoleName !== undefined) throw Object.assign(new Error(), { name: 'NoSuchEntity' });
        return {
          EvaluationResults: input.ActionNames.map((EvalActionName) => ({
            EvalActionName,
            EvalDecision: 'allowed',
            ...answers[EvalActionName],
          })),
        };
      },
    }),
  }) as unknown as Aws;

describe('what it may not', () => {
  const plan = planWith([
    resource('AWS::EC2::VPC'),
    resource('AWS::RDS::DBInstance', NAMED),
    resource('AWS::EKS::Cluster'),
  ]);

  const missing = async (aws: Aws) =>
    CREATIONS.find(plan, { deniedCreations: await deniedCreations.read(aws, plan) } as never).map((one) => one.missing);

  test('is nothing when all is allowed', async () => {
    expect(await missing(iam({}))).toEqual([]);
  });

  test('is named, whoever denies it', async () => {
    const answers = {
      'rds:CreateDBInstance': { EvalDecision: 'implicitDeny' },
      'ec2:CreateVpc': { EvalDecision: 'explicitDeny', MissingContextValues: [] },
    };
    expect(await missing(iam(answers))).toEqual([
      'arn:aws:iam::111111111111:role/exec may not call ec2:CreateVpc, rds:CreateDBInstance.',
    ]);
  });

  test('is not told where a policy asks for what only a request says', async () => {
    const answers = {
      'eks:CreateCluster': { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:RequestTag/X'] },
    };
    expect(await missing(iam(answers))).toEqual([]);
  });

  test('is nothing of a role that is not there', async () => {
    expect(await missing(iam({ 'ec2:CreateVpc': { EvalDecision: 'implicitDeny' } }, false))).toEqual([]);
  });
});
