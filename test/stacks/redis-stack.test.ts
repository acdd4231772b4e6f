import { REDIS_USERS } from '../../lib/model/services';
import { idsOf, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'redis');
const dev = resourcesOf(sample('dev'), 'redis');
const [group] = propertiesOf(prod, 'AWS::ElastiCache::ReplicationGroup') as [Json];
const [devGroup] = propertiesOf(dev, 'AWS::ElastiCache::ReplicationGroup') as [Json];
const users = propertiesOf(prod, 'AWS::ElastiCache::User');

test('production has three shards with a replica each, the six specified nodes (S4, S25)', () => {
  expect(group).toMatchObject({
    ReplicationGroupId: 'platform-prod',
    Engine: 'redis',
    EngineVersion: '7.1',
    ClusterMode: 'enabled',
    NumNodeGroups: 3,
    ReplicasPerNodeGroup: 1,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
    CacheNodeType: 'cache.t4g.small',
  });
});

test('development has one node, in cluster mode too', () => {
  expect(devGroup).toMatchObject({
    NumNodeGroups: 1,
    ReplicasPerNodeGroup: 0,
    ClusterMode: 'enabled',
    AutomaticFailoverEnabled: true, // which cluster mode requires
    MultiAZEnabled: false,
  });
});

test('is encrypted on the wire and at rest, with a key of its own', () => {
  expect(group).toMatchObject({
    TransitEncryptionEnabled: true,
    TransitEncryptionMode: 'required',
    AtRestEncryptionEnabled: true,
  });
  const key = { 'Fn::GetAtt': [idsOf(prod, 'AWS::KMS::Key')[0], 'Arn'] };
  expect(group.KmsKeyId).toEqual(key);
  for (const { KmsKeyId } of propertiesOf(prod, 'AWS::SecretsManager::Secret')) expect(KmsKeyId).toEqual(key);
});

test('is saved daily, and leaves a snapshot when it goes, with the key that opens it', () => {
  expect(group).toMatchObject({
    SnapshotRetentionLimit: 15,
    SnapshotWindow: '18:00-19:00',
    PreferredMaintenanceWindow: 'sun:19:00-sun:20:00',
  });
  expect(prod[group.id]?.DeletionPolicy).toBe('Snapshot');
  expect(prod[idsOf(prod, 'AWS::KMS::Key')[0]!]?.DeletionPolicy).toBe('RetainExceptOnCreate');
  expect(dev[devGroup.id]?.DeletionPolicy).toBe('Delete');
});

test('has a user for each service, and none for who gives no name', () => {
  const { UserIds } = propertiesOf(prod, 'AWS::ElastiCache::UserGroup')[0]!;
  expect(UserIds.map(({ Ref }: Json) => prod[Ref]?.Properties?.UserName)).toEqual([
    'default',
    ...REDIS_USERS,
    'monitor',
  ]);
  expect(users[0]).toMatchObject({ AccessString: 'off -@all', AuthenticationMode: { Type: 'no-password-required' } });
  for (const { UserName, UserId, AccessString, AuthenticationMode } of users.slice(1)) {
    expect(UserId).toBe(`platform-prod-${UserName}`);
    expect(UserId.length).toBeLessThanOrEqual(40); // of ElastiCache
    expect(AccessString).toContain(UserName === 'monitor' ? 'on -@all +ping ' : `on ~${UserName}:* ~shared:* `);
    expect(AuthenticationMode.Type).toBe('password');
    expect(JSON.stringify(AuthenticationMode.Passwords)).toMatch(/resolve:secretsmanager:.*:SecretString:password/);
  }
});

test('passwords are such as ElastiCache and URLs take', () => {
  for (const { GenerateSecretString } of propertiesOf(prod, 'AWS::SecretsManager::Secret')) {
    expect(GenerateSecretString.PasswordLength).toBeGreaterThanOrEqual(16);
    expect(GenerateSecretString.ExcludeCharacters).toBe(' !"#$%&\'()*+,/:;<=>?@[\\]^`{|}');
  }
});

test('writes its slow and engine logs to groups that end', () => {
  expect(group.LogDeliveryConfigurations.map(({ LogType }: Json) => LogType)).toEqual(['slow-log', 'engine-log']);
  for (const { DestinationDetails } of group.LogDeliveryConfigurations) {
    const { Ref } = DestinationDetails.CloudWatchLogsDetails.LogGroup;
    expect(prod[Ref]?.Properties?.RetentionInDays).toBe(90);
    expect(ordered(prod, Ref, group.id)).toBe(true);
  }
});

test('stands where the internet does not reach, and admits nobody by itself', () => {
  const [subnets] = propertiesOf(prod, 'AWS::ElastiCache::SubnetGroup') as [Json];
  expect(JSON.stringify(subnets.SubnetIds)).toMatch(/DataSubnet1.*DataSubnet2.*DataSubnet3/);
  expect(propertiesOf(prod, 'AWS::EC2::SecurityGroupIngress')).toEqual([]);
  for (const { SecurityGroupIngress, SecurityGroupEgress } of propertiesOf(prod, 'AWS::EC2::SecurityGroup')) {
    expect(SecurityGroupIngress).toBeUndefined();
    expect(SecurityGroupEgress).not.toContainEqual(expect.objectContaining({ IpProtocol: '-1' }));
  }
});

test('another number of shards moves the keys of the cache, and does not replace it', () => {
  expect(prod[group.id]?.UpdatePolicy).toEqual({ UseOnlineResharding: true });
});

test('keeps its version until somebody changes it, and what has no expiry', () => {
  expect(group.AutoMinorVersionUpgrade).toBe(false);
  const [parameters] = propertiesOf(prod, 'AWS::ElastiCache::ParameterGroup') as [Json];
  expect(parameters.CacheParameterGroupFamily).toBe('redis7');
  expect(parameters.Properties).toEqual({
    'cluster-enabled': 'yes',
    'maxmemory-policy': 'volatile-lru',
    timeout: '300',
  });
});

test('no user may do what is dangerous, whatever categories contain it', () => {
  const [monitor, ...services] = users.slice(1).toReversed();
  for (const { AccessString } of services) expect(AccessString).toMatch(/ -@all( \+@\w+)+ -@dangerous /);
  expect(monitor).toMatchObject({ UserName: 'monitor', AccessString: expect.not.stringMatching(/[~&%@](?!all)/) });
});
