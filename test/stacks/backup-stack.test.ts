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
  ['compliance', { MinRetentionDays: 35, ChangeableForDays: 3 }],
  ['governance', { MinRetentionDays: 35 }],
  [undefined, undefined],
] as const)('the lock %s of the vaults', (vaultLock, expected) => {
  const of = once({ ...prod, recovery: { ...prod.recovery!, vaultLock } });
  for (const stack of ['backup', 'recovery'])
    expect(propertiesOf(resourcesOf(of, stack), 'AWS::Backup::BackupVault')[0]!.LockConfiguration).toEqual(expected);
});

const arn = (name: string) => `arn:aws:backup:ap-southeast-2:333333333333:backup-vault:${name}`;

test('an air-gapped vault gets a copy of each backup, where the configuration has one', () => {
  const copiesOf = (resources: typeof home) =>
    propertiesOf(resources, 'AWS::Backup::BackupPlan')[0]!.BackupPlan.BackupPlanRule[0].CopyActions.map(
      ({ DestinationBackupVaultArn }: { DestinationBackupVaultArn: string }) => DestinationBackupVaultArn,
    );
  expect(copiesOf(home)).toEqual([arn('platform-prod'), arn('platform-prod-air-gapped')]);
  expect(propertiesOf(away, 'AWS::Backup::LogicallyAirGappedBackupVault')).toMatchObject([
    { BackupVaultName: 'platform-prod-air-gapped', MinRetentionDays: 35, MaxRetentionDays: 35 },
  ]);
  const without = once({ ...prod, recovery: { ...prod.recovery!, airGapped: false } });
  expect(copiesOf(resourcesOf(without, 'backup'))).toEqual([arn('platform-prod')]);
  expect(propertiesOf(resourcesOf(without, 'recovery'), 'AWS::Backup::LogicallyAirGappedBackupVault')).toEqual([]);
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
