import { DATABASES } from '../../lib/model/services';
import { idsOf, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'mysql');
const dev = resourcesOf(sample('dev'), 'mysql');
const instances = propertiesOf(prod, 'AWS::RDS::DBInstance');
const [primary, ...replicas] = instances as [Json, ...Json[]];
const [devPrimary] = propertiesOf(dev, 'AWS::RDS::DBInstance') as [Json];

describe('the primary (S3)', () => {
  test('is MySQL 8.4 with a standby, on encrypted gp3 that grows by itself', () => {
    expect(primary).toMatchObject({
      DBInstanceIdentifier: 'platform-prod',
      Engine: 'mysql',
      EngineVersion: '8.4.9',
      DBInstanceClass: 'db.t4g.medium',
      MultiAZ: true,
      StorageType: 'gp3',
      AllocatedStorage: '100',
      MaxAllocatedStorage: 500,
      StorageEncrypted: true,
      PubliclyAccessible: false,
    });
    expect(JSON.stringify(primary.KmsKeyId)).toContain(idsOf(prod, 'AWS::KMS::Key')[0]);
    expect(devPrimary).toMatchObject({ MultiAZ: false, DBInstanceClass: 'db.t4g.micro', AllocatedStorage: '20' });
  });

  test('is backed up and maintained at quiet hours, which do not overlap', () => {
    expect(primary).toMatchObject({
      BackupRetentionPeriod: 35,
      PreferredBackupWindow: '17:00-18:00',
      PreferredMaintenanceWindow: 'sun:19:00-sun:20:00',
      CopyTagsToSnapshot: true,
      DeleteAutomatedBackups: false,
    });
    expect(devPrimary).toMatchObject({ BackupRetentionPeriod: 7, DeleteAutomatedBackups: true });
  });

  test('cannot be deleted, and leaves a snapshot when it is, with the key that opens it', () => {
    expect(primary.DeletionProtection).toBe(true);
    expect(prod[primary.id]?.DeletionPolicy).toBe('Snapshot');
    expect(prod[idsOf(prod, 'AWS::KMS::Key')[0]!]?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(devPrimary.DeletionProtection).toBe(false);
    expect(dev[devPrimary.id]?.DeletionPolicy).toBe('Delete');
  });

  test('keeps its version until somebody changes it, and costs no extended support', () => {
    expect(primary).toMatchObject({
      AutoMinorVersionUpgrade: false,
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
    });
  });

  test('has a generated administrator, whose password no template shows and who is rotated', () => {
    expect(JSON.stringify(primary.MasterUserPassword)).toMatch(/resolve:secretsmanager.*:SecretString:password/);
    expect(JSON.stringify(primary.MasterUsername)).toMatch(/admin/);
    const [rotation] = propertiesOf(prod, 'AWS::SecretsManager::RotationSchedule');
    expect(rotation).toMatchObject({
      RotateImmediatelyOnUpdate: false,
      HostedRotationLambda: { RotationType: 'MySQLSingleUser', RotationLambdaName: 'platform-prod-rotate-master' },
      RotationRules: { ScheduleExpression: 'cron(0 20 1 * ? *)', Duration: '1h' },
    });
    expect(sample('prod').stacks.find(({ stackName }) => stackName.endsWith('mysql'))?.template.Transform).toBe(
      'AWS::SecretsManager-2024-09-16',
    );
  });
});

describe('the replicas', () => {
  test('are as many as configured, each in a zone of its own', () => {
    expect(replicas.map((replica) => replica.DBInstanceIdentifier)).toEqual([
      'platform-prod-replica-1',
      'platform-prod-replica-2',
    ]);
    expect(replicas.map((replica) => replica.AvailabilityZone)).toEqual(['ap-southeast-1b', 'ap-southeast-1c']);
    expect(propertiesOf(dev, 'AWS::RDS::DBInstance')).toHaveLength(1);
  });

  test('inherit encryption, which RDS does not let them name, and nothing else', () => {
    for (const replica of replicas) {
      expect(replica).toMatchObject({ StorageType: 'gp3', DeletionProtection: false, MonitoringInterval: 60 });
      for (const inherited of ['StorageEncrypted', 'KmsKeyId', 'MasterUserPassword', 'EngineLifecycleSupport'])
        expect(replica).not.toHaveProperty(inherited);
      expect(replica.DBParameterGroupName).toEqual(primary.DBParameterGroupName);
      expect(replica.VPCSecurityGroups).toEqual(primary.VPCSecurityGroups);
      expect(prod[replica.id]?.DeletionPolicy).toBe('Delete'); // its data is the primary's
    }
  });
});

test('every instance is watched, and its logs end', () => {
  for (const instance of instances) {
    expect(instance).toMatchObject({
      EnableCloudwatchLogsExports: ['error', 'slowquery'],
      MonitoringInterval: 60,
      EnablePerformanceInsights: true,
      DatabaseInsightsMode: 'standard',
    });
    for (const log of ['error', 'slowquery']) {
      const group = propertiesOf(prod, 'AWS::Logs::LogGroup').find(
        ({ LogGroupName }) => LogGroupName === `/aws/rds/instance/${instance.DBInstanceIdentifier}/${log}`,
      );
      expect(group?.RetentionInDays).toBe(90);
      expect(ordered(prod, group!.id, instance.id)).toBe(true);
    }
  }
  expect(devPrimary.EnablePerformanceInsights).toBe(false); // which its class does not have
});

test('clients have to encrypt, and slow queries are written down', () => {
  const [group] = propertiesOf(prod, 'AWS::RDS::DBParameterGroup') as [Json];
  expect(group.Family).toBe('mysql8.4');
  expect(group.Parameters).toEqual({
    require_secure_transport: '1',
    slow_query_log: '1',
    long_query_time: '1',
    log_output: 'FILE',
    innodb_print_all_deadlocks: '1',
    log_bin_trust_function_creators: '1', // services make triggers
  });
});

test('the proxy knows every user, wants TLS, and leads to the primary', () => {
  const [proxy] = propertiesOf(prod, 'AWS::RDS::DBProxy') as [Json];
  expect(proxy).toMatchObject({ DBProxyName: 'platform-prod', RequireTLS: true, EngineFamily: 'MYSQL' });
  expect(proxy.Auth).toHaveLength(DATABASES.length);
  for (const auth of proxy.Auth)
    expect(auth).toMatchObject({ AuthScheme: 'SECRETS', ClientPasswordAuthType: 'MYSQL_CACHING_SHA2_PASSWORD' });
  expect(propertiesOf(prod, 'AWS::RDS::DBProxyTargetGroup')).toMatchObject([
    { DBInstanceIdentifiers: [{ Ref: primary.id }] },
  ]);
  expect(proxy.VpcSecurityGroupIds).toEqual(primary.VPCSecurityGroups);
  const logs = propertiesOf(prod, 'AWS::Logs::LogGroup').find(
    ({ LogGroupName }) => LogGroupName === '/aws/rds/proxy/platform-prod',
  );
  expect(ordered(prod, logs!.id, proxy.id)).toBe(true);
  expect(logs?.RetentionInDays).toBe(90);
  expect(JSON.stringify(proxy.VpcSubnetIds)).toMatch(/DataSubnet1.*DataSubnet2.*DataSubnet3/);
  expect(propertiesOf(dev, 'AWS::RDS::DBProxy')).toEqual([]);
});

test('passwords have no character that a URL would have to encode, in the secret and in its rotation', () => {
  const unreserved = /^[A-Za-z0-9._~-]$/; // RFC 3986
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const secrets = propertiesOf(prod, 'AWS::SecretsManager::Secret').map(
    ({ GenerateSecretString }) => GenerateSecretString,
  );
  expect(secrets).toHaveLength(2 + DATABASES.length); // and the administrator's, and that of who monitors
  const rotations = propertiesOf(prod, 'AWS::SecretsManager::RotationSchedule').map(
    ({ HostedRotationLambda }) => HostedRotationLambda,
  );
  for (const { ExcludeCharacters } of [...secrets, ...rotations])
    expect(printable.filter((character) => !ExcludeCharacters.includes(character))).toEqual(
      printable.filter((character) => unreserved.test(character)),
    );
});

test('stands where the internet does not reach, and admits nobody by itself but its proxy and its rotation', () => {
  const [subnets] = propertiesOf(prod, 'AWS::RDS::DBSubnetGroup') as [Json];
  expect(JSON.stringify(subnets.SubnetIds)).toMatch(/DataSubnet1.*DataSubnet2.*DataSubnet3/);
  const sources = propertiesOf(prod, 'AWS::EC2::SecurityGroupIngress').map(({ SourceSecurityGroupId }) =>
    JSON.stringify(SourceSecurityGroupId),
  );
  expect(sources).toEqual([
    expect.stringMatching(/"MysqlSecurityGroup/), // the proxy
    expect.stringMatching(/MasterRotationSecurityGroup/),
  ]);
  for (const { SecurityGroupIngress, SecurityGroupEgress = [] } of propertiesOf(prod, 'AWS::EC2::SecurityGroup')) {
    expect(SecurityGroupIngress).toBeUndefined();
    expect(SecurityGroupEgress).not.toContainEqual(expect.objectContaining({ IpProtocol: '-1' }));
  }
});

test('every secret opens with the key of the database, and says where the database is, which rotation has to know', () => {
  const [key] = idsOf(prod, 'AWS::KMS::Key');
  const secrets = propertiesOf(prod, 'AWS::SecretsManager::Secret');
  for (const { KmsKeyId } of secrets) expect(KmsKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
  const attached = propertiesOf(prod, 'AWS::SecretsManager::SecretTargetAttachment');
  const rotated = secrets.filter(({ id }) => !id.includes('Monitor'));
  expect(rotated).toHaveLength(secrets.length - 1);
  expect(attached.map(({ SecretId }) => SecretId.Ref).toSorted()).toEqual(rotated.map(({ id }) => id).toSorted());
  for (const { TargetId } of attached) expect(TargetId).toEqual({ Ref: primary.id });
});
