import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { NODE_VOLUMES, POD_VOLUMES } from '../../doctor/checks/access';
import type { Facts } from '../../doctor/facts';
import { planWith, resource } from './plan';

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

const plan = planWith([
  resource('AWS::EKS::Addon', {
    AddonName: 'aws-ebs-csi-driver',
    PodIdentityAssociations: [{ RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } }],
  }),
]);

const lacking = (
  Statement: readonly unknown[],
  { grantees = [] as string[], enabled = true, managedByAws = false } = {},
) => {
  const volumeKey = { id: 'key', managedByAws, enabled, policy: { Statement }, grantees } as Facts['volumeKey'];
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
    expect(lacking([allow({ AWS: DRIVER })], { grantees: [AUTO_SCALING] })).toEqual({ nodes: false, pods: false });
  });

  test('that leaves it to IAM is for neither: their policies do not name it', () => {
    expect(lacking([allow({ AWS: 'arn:aws:iam::111111111111:root' }, 'kms:*')])).toEqual({ nodes: true, pods: true });
  });

  test('is for everybody in the account where a condition says so', () => {
    const condition = { StringEquals: { 'kms:CallerAccount': '111111111111' } };
    expect(lacking([allow({ AWS: '*' }, 'kms:*', condition)])).toEqual({ nodes: false, pods: false });
    expect(lacking([allow({ AWS: '*' }, 'kms:*')])).toEqual({ nodes: true, pods: true });
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
