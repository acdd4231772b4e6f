import { SERVICE_NAMES } from '../lib/model/names';
import { coloredName, colorsOf } from '../lib/model/colors';
import { DATABASES, SERVICES } from '../lib/model/services';
import { ResourceImpact, fullDiff, type ResourceDifference } from '@aws-cdk/cloudformation-diff';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { EnvironmentConfig } from '../lib/config/environment';
import { SAMPLES } from './sample';
import { once, sample, type Json } from './synth';
import { deployedAs } from './deployed';

const { prod } = SAMPLES;

/**
 * Properties that the specification of CloudFormation lets replace a resource under conditions that do not hold here.
 *
 * Of a DB instance: only for members of a cluster. Of a replication group: unless it is resharded online.
 */
const IN_PLACE: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBInstance': ['BackupRetentionPeriod', 'MultiAZ', 'PreferredMaintenanceWindow'],
  'AWS::ElastiCache::ReplicationGroup': ['NumNodeGroups'],
};

const impact = ({ resourceType, changeImpact, propertyUpdates }: ResourceDifference): string => {
  if (changeImpact === ResourceImpact.WILL_CREATE) return 'CREATE';
  if (changeImpact === ResourceImpact.WILL_DESTROY || changeImpact === ResourceImpact.WILL_ORPHAN) return 'DESTROY';
  const replacing = Object.entries(propertyUpdates).filter(
    ([property, { changeImpact: of }]) =>
      (of === ResourceImpact.WILL_REPLACE || of === ResourceImpact.MAY_REPLACE) &&
      !(IN_PLACE[resourceType ?? ''] ?? []).includes(property),
  );
  return replacing.length > 0 ? `REPLACE (${replacing.map(([property]) => property).join(', ')})` : 'UPDATE';
};

/** Effects of a change of the configuration, except on alarms (alarms.test.ts), as `UPDATE AWS::RDS::DBInstance MysqlPrimary`. */
const changes = (to: Partial<EnvironmentConfig>, from = sample('prod')): readonly string[] => {
  const next = once({ ...prod, ...to });
  return from.stacks.flatMap(({ id, template }) =>
    Object.entries(fullDiff(template, next.getStackArtifact(id).template).resources.changes)
      .filter(([, { isDifferent, resourceType }]) => isDifferent && !resourceType?.startsWith('AWS::CloudWatch::'))
      .map(([resource, difference]) =>
        `${impact(difference)} ${difference.resourceType} ${resource}`.replace(/[0-9A-F]{8}$/, ''),
      ),
  );
};

const templateOf = (assembly: CloudAssembly): Json =>
  assembly.stacks.find(({ stackName }) => stackName.endsWith('-mysql'))?.template;

const PRIMARY = 'UPDATE AWS::RDS::DBInstance MysqlPrimary';
const REPLICAS = ['UPDATE AWS::RDS::DBInstance MysqlReplica1', 'UPDATE AWS::RDS::DBInstance MysqlReplica2'];

/** Services get the hosts anew. */
const LEARN = [
  'ConfigMapplatformcoreplatformconfig',
  ...SERVICE_NAMES.filter((name) => SERVICES[name].database !== undefined || SERVICES[name].redis).map(
    (name) => `Deploymentplatformcore${coloredName(name, colorsOf(name)[0]).replaceAll('-', '')}`,
  ),
].map((object) => `UPDATE Custom::AWSCDK-EKS-KubernetesResource Clustermanifest${object}`);

/** Prometheus asks another set of servers how they fare. */
const WATCH = ['ConfigMapplatformmonitoringprometheusconfig', 'Deploymentplatformmonitoringprometheus'].map(
  (object) => `UPDATE Custom::AWSCDK-EKS-KubernetesResource Clustermanifest${object}`,
);

test('more storage, another class: the instances change in place, and nothing else', () => {
  expect(changes({ mysql: { ...prod.mysql, storageGiB: 200 } })).toEqual([PRIMARY]);
  expect(changes({ mysql: { ...prod.mysql, instanceClass: 'db.m7g.large' } })).toEqual([PRIMARY, ...REPLICAS]);
});

test('one replica more: it is made, and services learn of it', () => {
  expect(changes({ mysql: { ...prod.mysql, readReplicas: 3 } })).toEqual([
    'CREATE AWS::RDS::DBInstance MysqlReplica3',
    'CREATE AWS::Logs::LogGroup MysqlLogerror3',
    'CREATE AWS::Logs::LogGroup MysqlLogslowquery3',
    ...LEARN,
    ...WATCH,
  ]);
});

const gone = (lines: readonly string[]) => lines.filter((line) => /^(REPLACE|DESTROY)/.test(line));

const [a, b, c] = prod.network.availabilityZones as [string, string, string];

test('a fourth zone: everything that stands stays, in every stack', () => {
  const changed = changes({ network: { ...prod.network, availabilityZones: [a, b, c, 'ap-southeast-1d'] } });
  expect(changed).toContain('UPDATE AWS::RDS::DBSubnetGroup MysqlSubnets');
  expect(changed).toContain('CREATE AWS::EC2::Subnet VpcPrivateSubnet4Subnet');
  expect(gone(changed)).toEqual([]);
  expect(changed.filter((line) => /AWS::(EKS::Cluster|RDS::DBProxy|RDS::DBInstance) /.test(line))).toEqual([]);
});

test('a NAT gateway and endpoints in every zone: everything that stands stays, in every stack', () => {
  const one = once({ ...prod, network: { ...prod.network, natGateways: 1, endpointZones: 1 } });
  const changed = changes({}, one);
  expect(changed).toContain('CREATE AWS::EC2::NatGateway VpcPublicSubnet3NATGateway');
  expect(gone(changed)).toEqual([]);
});

test('an upgrade of the engine: the replicas first, then the primary', () => {
  const mysql = { ...prod.mysql, engineVersion: '8.4.8' };
  const before = once({ ...prod, mysql });
  const upgraded = (to: Partial<EnvironmentConfig['mysql']>) =>
    Object.entries(
      fullDiff(templateOf(before), templateOf(once({ ...prod, mysql: { ...mysql, ...to } }))).resources.changes,
    ).map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
  expect(upgraded({ replicaEngineVersion: '8.4.9' })).toEqual(['MysqlReplica1', 'MysqlReplica2']);
  expect(upgraded({ engineVersion: '8.4.9' })).toEqual(['MysqlPrimary']);
});

test('another way to the data: schemas are migrated anew, for Kubernetes changes no Job', () => {
  const migrations = changes({ mysql: { ...prod.mysql, proxy: false } }).filter((line) => line.includes('migrate'));
  const migrating = Object.entries(SERVICES).filter(([, { migrates }]) => migrates);
  expect(migrations.map((line) => line.replace(/^(\w+) .*core(\w+)migrate.*$/, '$1 $2')).toSorted()).toEqual(
    ['CREATE', 'DESTROY']
      .flatMap((what) => migrating.map(([name]) => `${what} ${name.replaceAll('-', '')}`))
      .toSorted(),
  );
});

test('one replica less: it goes, and services forget it', () => {
  const changed = changes({ mysql: { ...prod.mysql, readReplicas: 1 } });
  expect(changed.filter((line) => !line.includes('LogGroup'))).toEqual([
    'DESTROY AWS::RDS::DBInstance MysqlReplica2',
    ...LEARN,
    ...WATCH,
  ]);
});

test('whatever is configured of the data tiers, neither the primary nor the cache is replaced', () => {
  const changed = changes({
    quietHour: 3,
    mysql: {
      ...prod.mysql,
      engineVersion: '8.4.8',
      instanceClass: 'db.r7g.large',
      multiAz: false,
      storageGiB: 400,
      maxStorageGiB: 1000,
      backupRetentionDays: 10,
      insights: false,
      logRetentionDays: 30,
    },
    redis: {
      nodeType: 'cache.m7g.large',
      shards: 5,
      replicasPerShard: 1,
      snapshotRetentionDays: 30,
      logRetentionDays: 30,
    },
    uploads: { noncurrentVersionDays: 30 },
    retainData: false,
    deletionProtection: false,
  });
  expect(changed).toEqual(expect.arrayContaining([PRIMARY, 'UPDATE AWS::ElastiCache::ReplicationGroup Redis']));
  expect(
    changed.filter((line) =>
      /^(REPLACE \(.*\)|DESTROY) AWS::(RDS::DBI|ElastiCache|S3|KMS|SecretsManager::Secret )/.test(line),
    ),
  ).toEqual([]);
});

test('replicas of Redis that ElastiCache has added: the cache stays, each new node has its alarms and is asked for metrics', () => {
  const deployed = { ...deployedAs(prod), redisReplicasPerShard: 1 };
  const more = { deployed, redis: { ...prod.redis, replicasPerShard: 2 } };
  expect(changes(more).filter((line) => line.includes('ElastiCache'))).toEqual([]);
  const templates = once({ ...prod, ...more }).stacks.map(({ template }) => JSON.stringify(template));
  for (const node of ['0001-003', '0002-003', '0003-003']) {
    const [alarms, scrapes] = [`"Value":"platform-prod-${node}"`, `rediss://platform-prod-${node}.`];
    expect([alarms, scrapes].map((text) => templates.some((template) => template.includes(text)))).toEqual([
      true,
      true,
    ]);
  }
});

describe.each<[string, Partial<EnvironmentConfig>]>([
  ['a replica less', { mysql: { ...prod.mysql, readReplicas: 1 } }],
  ['no proxy', { mysql: { ...prod.mysql, proxy: false } }],
  ['no Sentry', { sentry: false }],
])('what is taken away (%s)', (_, change) => {
  test('can be: the workloads let go of it first, on what the other stacks still export', () => {
    const next = once({ ...prod, ...change });
    const workloads = next.stacks.find(({ stackName }) => stackName.endsWith('workloads'))!;
    const imports = new Set(
      [...JSON.stringify(workloads.template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name),
    );
    const exported = new Set(
      sample('prod').stacks.flatMap(({ template }) =>
        Object.values<Json>(template.Outputs ?? {}).map(({ Export }) => Export?.Name),
      ),
    );
    expect(imports.size).toBeGreaterThan(10);
    expect([...imports].filter((name) => !exported.has(name))).toEqual([]);
  });
});

test('another run of the setup: another Job for each database, for which services wait', () => {
  const changed = changes({ mysql: { ...prod.mysql, setupRun: 2 } });
  expect(changed.map((line) => line.replace(/[0-9a-f]{8}$/, '')).toSorted()).toEqual(
    [...DATABASES, 'monitor']
      .flatMap((name) => [
        `CREATE Custom::AWSCDK-EKS-KubernetesResource ClustermanifestJobplatformcoredatabasesetup${name}`,
        `DESTROY Custom::AWSCDK-EKS-KubernetesResource ClustermanifestJobplatformcoredatabasesetup${name}`,
        `UPDATE Custom::AWSCDK-EKS-KubernetesObjectValue ${name === 'monitor' ? 'Monitor' : `Database${name}`}`,
      ])
      .toSorted(),
  );
});
