import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { NODE_VOLUMES, POD_VOLUMES } from '../../doctor/checks/access';
import type { Facts } from '../../doctor/facts';
import { planWith, resource } from '../../checks/doctor/plan';

const AUTO_SCALING =
  'arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
const DRIVER = 'arn:aws:iam::111111111111:role/driver';
const USE = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  'kms:DescribeKey',
  'kms:CreateGrant',
];

const allow = (principal: unknown, Action: unknown = USE, Condition = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action,
  Condition,
});

const OPERATIONS = [
  'Decrypt',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'CreateGrant',
  'DescribeKey',
];

const grant = (GranteePrincipal: string, Operations: readonly string[] = OPERATIONS, Constraints?: object) => ({
  GranteePrincipal,
  Operations,
  Constraints,
});

const plan = planWith([
  resource('AWS::EKS::Addon', {
    AddonName: 'aws-ebs-csi-driver',
    PodIdentityAssociations: [{ RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } }],
  }),
]);

const lacking = (
  Statement: readonly unknown[],
  { grants = [] as Facts['volumeKey']['grants'], enabled = true, managedByAws = false } = {},
) => {
  const volumeKey = { id: 'key', managedByAws, enabled, policy: { Statement }, grants } as Facts['volumeKey'];
  const deployed = { stacks: [], resources: [{ stack: '', type: 'AWS::IAM::Role', logicalId: 'Role', id: 'driver' }] };
  const facts = { volumeKey, deployed } as unknown as Facts;
  return { nodes: NODE_VOLUMES.find(plan, facts).length > 0, pods: POD_VOLUMES.find(plan, facts).length > 0 };
};

describe('the key of volumes', () => {
  test('of AWS itself may be used by everybody', () => {
    expect(lacking([], { managedByAws: true })).toEqual({ nodes: false, pods: false });
  });

  test('is for the roles that its policy names, or that have a grant', () => {
    expect(lacking([allow({ AWS: [AUTO_SCALING, DRIVER] })])).toEqual({ nodes: false, pods: false });
    expect(lacking([allow({ AWS: AUTO_SCALING })])).toEqual({ nodes: false, pods: true });
    expect(lacking([allow({ AWS: DRIVER })], { grants: [grant(AUTO_SCALING)] })).toEqual({ nodes: false, pods: false });
  });

  test('that leaves it to IAM is for neither: their policies do not name it', () => {
    expect(lacking([allow({ AWS: 'arn:aws:iam::111111111111:root' }, 'kms:*')])).toEqual({ nodes: true, pods: true });
  });

  test('is for everybody in the account where a condition says so', () => {
    const condition = { StringEquals: { 'kms:CallerAccount': '111111111111' } };
    expect(lacking([allow({ AWS: '*' }, 'kms:*', condition)])).toEqual({ nodes: false, pods: false });
    expect(lacking([allow({ AWS: '*' }, 'kms:*')])).toEqual({ nodes: false, pods: false });
  });

  test.each([
    ['another account', { StringEquals: { 'kms:CallerAccount': '222222222222' } }, true],
    ['several accounts', { StringEquals: { 'kms:CallerAccount': ['222222222222', '111111111111'] } }, false],
    ['the account, in another case', { StringEquals: { 'KMS:calleraccount': '111111111111' } }, false],
    ['all but the account', { StringNotEquals: { 'aws:PrincipalAccount': '111111111111' } }, true],
    ['all but another account', { StringNotEquals: { 'aws:PrincipalAccount': '222222222222' } }, false],
    ['roles of the account', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/*' } }, false],
    ['roles of another account', { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/*' } }, true],
    ['EC2', { StringEquals: { 'kms:ViaService': 'ec2.eu-west-1.amazonaws.com' } }, false],
    ['RDS', { StringEquals: { 'kms:ViaService': 'rds.eu-west-1.amazonaws.com' } }, true],
    [
      'the account and RDS',
      {
        StringEquals: { 'kms:CallerAccount': '111111111111', 'kms:ViaService': 'rds.eu-west-1.amazonaws.com' },
      },
      true,
    ],
    ['what only asks for grants', { Bool: { 'kms:GrantIsForAWSResource': true } }, true],
    ['whatever says it is for AWS, if it says so', { BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' } }, false],
    ['what is not known: the organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }, false],
    ['what is not known: a variable', { StringEquals: { 'kms:CallerAccount': '${aws:ResourceAccount}' } }, false],
    ['what is not known: an operator', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false],
  ])('is for whom the condition means: %s', (_, condition, missing) => {
    const expected = { nodes: missing, pods: missing };
    expect(lacking([allow({ AWS: '*' }, 'kms:*', condition)])).toEqual(expected);
    expect(lacking([allow({ AWS: [AUTO_SCALING, DRIVER] }, 'kms:*', condition)])).toEqual(expected);
  });

  test('needs of a grant every action, for every volume', () => {
    const driver = allow({ AWS: DRIVER });
    const nodes = (...grants: ReturnType<typeof grant>[]) => lacking([driver], { grants }).nodes;
    expect(nodes(grant(AUTO_SCALING, ['Decrypt']))).toBe(true);
    expect(nodes(grant(AUTO_SCALING, ['Decrypt']), grant(AUTO_SCALING, OPERATIONS.slice(1)))).toBe(false);
    expect(nodes(grant(AUTO_SCALING, OPERATIONS, { EncryptionContextSubset: { 'aws:ebs:id': 'vol-1' } }))).toBe(true);
    expect(nodes(grant(AUTO_SCALING, OPERATIONS, {}))).toBe(false);
  });

  test('a grant and the policy can give an action each', () => {
    const grants = [grant(AUTO_SCALING, ['CreateGrant'])];
    const rest = USE.filter((action) => action !== 'kms:CreateGrant');
    expect(lacking([allow({ AWS: AUTO_SCALING }, rest)], { grants }).nodes).toBe(false);
  });

  test.each([
    ['everybody', { Principal: '*' }, true],
    ['the role', { Principal: { AWS: [AUTO_SCALING, DRIVER] } }, true],
    ['the account, which stands for its roles', { Principal: { AWS: 'arn:aws:iam::111111111111:root' } }, true],
    ['another role', { Principal: { AWS: 'arn:aws:iam::111111111111:role/other' } }, false],
    ['another account', { Principal: { AWS: '222222222222' } }, false],
    ['other actions', { Principal: '*', Action: 'kms:ScheduleKeyDeletion' }, false],
    ['all but some actions', { Principal: '*', Action: undefined, NotAction: ['kms:Describe*'] }, true],
    [
      'other accounts',
      { Principal: '*', Condition: { StringNotEquals: { 'kms:CallerAccount': '111111111111' } } },
      false,
    ],
    [
      'grants that are not for AWS',
      { Principal: '*', Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } } },
      false,
    ],
    [
      'other organizations, perhaps',
      { Principal: '*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o' } } },
      false,
    ],
    ['everybody else, perhaps', { NotPrincipal: { AWS: DRIVER } }, false],
  ])('what is denied is not given by a statement or a grant: %s', (_, more, missing) => {
    const statements = [allow({ AWS: [AUTO_SCALING, DRIVER] }), { Effect: 'Deny', Action: 'kms:CreateGrant', ...more }];
    const grants = [grant(AUTO_SCALING), grant(DRIVER)];
    expect(lacking(statements)).toEqual({ nodes: missing, pods: missing });
    expect(lacking(statements, { grants })).toEqual({ nodes: missing, pods: missing });
  });

  test('needs every action', () => {
    const withoutGrants = USE.filter((action) => action !== 'kms:CreateGrant');
    expect(lacking([allow({ AWS: [AUTO_SCALING, DRIVER] }, withoutGrants)])).toEqual({ nodes: true, pods: true });
  });

  test('that is disabled starts no node', () => {
    expect(lacking([allow({ AWS: [AUTO_SCALING, DRIVER] })], { enabled: false })).toEqual({ nodes: true, pods: false });
  });
});

test('what CloudFormation takes of a hosted rotation has no permissions boundary, as docs/doctor.md says', () => {
  const spec = loadAwsServiceSpecSync();
  const [schedule] = spec.lookup('resource', 'cloudFormationType', 'equals', 'AWS::SecretsManager::RotationSchedule');
  const { type } = schedule!.properties.HostedRotationLambda!;
  const { properties } = spec.get('typeDefinition', type.type === 'ref' ? type.reference.$ref : '');
  expect(Object.keys(properties)).toContain('RotationLambdaName');
  expect(Object.keys(properties).filter((name) => /boundary/i.test(name))).toEqual([]);
});
