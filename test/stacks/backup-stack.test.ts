import { SAMPLES } from '../sample';
import { once, propertiesOf, resourcesOf, sample } from '../synth';
import { PRIVATE_BUCKET } from './private-bucket';

const { prod } = SAMPLES;
const home = resourcesOf(sample('prod'), 'backup');
const away = resourcesOf(sample('prod'), 'recovery');

const [vault] = propertiesOf(home, 'AWS::Backup::BackupVault');
const [copies] = propertiesOf(away, 'AWS::Backup::BackupVault');

test('each region has a vault with a key of its own, from which nobody deletes (S43)', () => {
  for (const [each, resources] of [
    [vault!, home],
    [copies!, away],
  ] as const) {
    expect(each.BackupVaultName).toBe('platform-prod');
    expect(resources[each.EncryptionKeyArn['Fn::GetAtt'][0]]?.Type).toBe('AWS::KMS::Key');
    expect(each.AccessPolicy.Statement).toEqual([
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
        Resource: '*',
      },
    ]);
  }
});

test.each([
  ['compliance', { MinRetentionDays: 7, ChangeableForDays: 3 }],
  ['governance', { MinRetentionDays: 7 }],
  [undefined, undefined],
] as const)('the lock %s of the vaults', (vaultLock, expected) => {
  const of = once({ ...prod, recovery: { ...prod.recovery!, vaultLock } });
  for (const stack of ['backup', 'recovery'])
    expect(propertiesOf(resourcesOf(of, stack), 'AWS::Backup::BackupVault')[0]!.LockConfiguration).toEqual(expected);
});

const arn = (name: string) => `arn:aws:backup:ap-southeast-2:333333333333:backup-vault:${name}`;

const planOf = (stack: string) =>
  JSON.stringify(propertiesOf(resourcesOf(sample('prod'), stack), 'AWS::Backup::BackupSelection')[0]!.BackupPlanId);

test('an air-gapped vault gets a copy of the uploads, and of nothing that it does not take', () => {
  const plans = (resources: typeof home) =>
    Object.fromEntries(
      propertiesOf(resources, 'AWS::Backup::BackupPlan').map(({ BackupPlan: { BackupPlanName, BackupPlanRule } }) => [
        BackupPlanName,
        BackupPlanRule[0].CopyActions.map(
          (copy: { DestinationBackupVaultArn: string }) => copy.DestinationBackupVaultArn,
        ),
      ]),
    );
  expect(plans(home)).toEqual({
    'platform-prod': [arn('platform-prod')],
    'platform-prod-air-gapped': [arn('platform-prod'), arn('platform-prod-air-gapped')],
  });
  expect(propertiesOf(away, 'AWS::Backup::LogicallyAirGappedBackupVault')).toMatchObject([
    { BackupVaultName: 'platform-prod-air-gapped', MinRetentionDays: 7, MaxRetentionDays: 36_500 },
  ]);
  expect(planOf('storage')).toContain('AirGappedPlan');
  for (const stack of ['mysql', 'cluster']) expect(planOf(stack)).not.toContain('AirGapped');
  const without = once({ ...prod, recovery: { ...prod.recovery!, airGapped: false } });
  expect(plans(resourcesOf(without, 'backup'))).toEqual({ 'platform-prod': [arn('platform-prod')] });
  expect(propertiesOf(resourcesOf(without, 'recovery'), 'AWS::Backup::LogicallyAirGappedBackupVault')).toEqual([]);
});

test('the role that ends the life of backups stays with them', () => {
  const role = Object.entries(home).find(([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith('Role'))!;
  expect(role[1].DeletionPolicy).toBe('RetainExceptOnCreate');
});

test('a backup is made daily, after the quiet hours, and begins and ends in its window', () => {
  const [plan] = propertiesOf(home, 'AWS::Backup::BackupPlan');
  expect(plan!.BackupPlan.BackupPlanRule).toEqual([
    expect.objectContaining({
      ScheduleExpression: 'cron(0 21 * * ? *)',
      StartWindowMinutes: 60,
      CompletionWindowMinutes: 300,
      Lifecycle: { DeleteAfterDays: 35 },
    }),
  ]);
});

test('the newest backup of MySQL is restored on trial every week, where nothing reaches it', () => {
  expect(propertiesOf(home, 'AWS::Backup::RestoreTestingPlan')).toMatchObject([
    { RestoreTestingPlanName: 'platform_prod', ScheduleExpression: 'cron(0 23 ? * SUN *)' },
  ]);
  const mysql = resourcesOf(sample('prod'), 'mysql');
  const [trial] = propertiesOf(mysql, 'AWS::Backup::RestoreTestingSelection');
  expect(trial).toMatchObject({ ProtectedResourceType: 'RDS', ValidationWindowHours: 1 });
  const groups = JSON.stringify(trial!.RestoreMetadataOverrides.vpcSecurityGroupIds);
  const [id, group] = Object.entries(mysql).find(
    ([name, { Type }]) => Type === 'AWS::EC2::SecurityGroup' && groups.includes(name),
  )!;
  expect(group.Properties?.SecurityGroupIngress).toBeUndefined();
  expect(
    propertiesOf(mysql, 'AWS::EC2::SecurityGroupIngress').filter((rule) => JSON.stringify(rule).includes(id)),
  ).toEqual([]);
});

test('the buckets of the copies are as private as the originals', () => {
  const buckets = propertiesOf(away, 'AWS::S3::Bucket');
  expect(buckets).toHaveLength(4);
  for (const bucket of buckets) expect(bucket).toMatchObject(PRIVATE_BUCKET);
});

test('dev copies nothing', () => {
  expect(
    sample('dev')
      .stacks.map(({ stackName }) => stackName)
      .filter((name) => /recovery|backup/.test(name)),
  ).toEqual([]);
});
