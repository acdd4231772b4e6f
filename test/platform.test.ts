import { DATABASES } from '../lib/model/services';
import { readFileSync } from 'node:fs';
import { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { imageNames } from '../lib/model/images';
import { SAMPLES } from './sample';
import { again, assembly, once, oncePipeline, resourcesOf, specified, type CfnResource } from './synth';
import { sitesOf } from './sites';
import { ENVIRONMENT_NAMES, environment, pipeline } from './fixtures';
import { withRelease } from './fixtures/services';
import { logicalIds } from '../review/logical-ids';
import { MANIFEST } from '../review/objects';
import { INVARIANTS } from './invariants';
import { templatesOf } from './references';

const STACKS = [
  'network',
  'mysql',
  'redis',
  'storage',
  'load-balancer',
  'edge-security',
  'grafana-firewall',
  'edge',
  'edge-logs',
  'secrets',
  'images',
  'cluster',
  'workloads',
  'edge-monitoring',
  'monitoring',
  'telemetry',
  'grafana',
  'tenancy',
];

/** Where an environment has hosted zones that do not exist, a stack makes them. */
const zonesOf = (name: string): string[] =>
  environment(name).domain?.zones.some(({ id }) => id === undefined) ? ['zones'] : [];

/** Where an environment has copies, a stack in each region. */
const copiesOf = (name: string): string[] => (environment(name).recovery ? ['recovery', 'backup'] : []);

/** The stacks of an environment: the same everywhere, one for its zones, and as many for tenants as it has needed. */
const stacksOf = (name: string): string[] => [
  ...STACKS,
  ...copiesOf(name),
  ...zonesOf(name),
  ...Array.from({ length: environment(name).tenantRecord.stacks }, (_, i) => `tenants-${i + 1}`),
];

/** The stage that the pipeline deploys: another run of the same code. */
const stageOf = (name: string) => oncePipeline(name).getNestedAssembly(`assembly-${name}`);
const staged = (name: string) => pipeline.stages.some((stage) => stage.environment === name);

const all = (name: string): [string, CfnResource][] =>
  stacksOf(name).flatMap((stack) => Object.entries(resourcesOf(assembly(name), stack)));

describe.each(ENVIRONMENT_NAMES)('%s', (name) => {
  const templates = () => templatesOf(assembly(name));

  test('has its stacks: the data beside the cluster, then the workloads, then the tenants', () => {
    const zones = zonesOf(name);
    const copies = copiesOf(name);
    const away = copies.filter((stack) => stack === 'recovery');
    const here = copies.filter((stack) => stack === 'backup');
    const short = (stackName: string) => stackName.replace(`platform-${name}-`, '');
    const needs = assembly(name).stacks.map(({ stackName, dependencies }) => [
      short(stackName),
      dependencies
        .filter((artifact) => artifact instanceof CloudFormationStackArtifact)
        .map((artifact) => short(artifact.stackName))
        .toSorted(),
    ]);
    expect(Object.fromEntries(needs)).toEqual({
      network: [],
      ...Object.fromEntries(away.map((stack) => [stack, []])),
      ...Object.fromEntries(here.map((stack) => [stack, away])),
      mysql: [...here, 'network', ...away],
      redis: ['network', ...(copies.length > 0 ? ['storage'] : [])],
      storage: [...here, ...away],
      ...Object.fromEntries(zones.map((stack) => [stack, []])),
      'load-balancer': ['network', 'storage', ...zones],
      'edge-security': zones,
      ...(sitesOf(environment(name)).includes('grafana')
        ? {
            'grafana-firewall': ['edge-security'],
            edge: ['edge-security', 'grafana-firewall', 'load-balancer', 'storage', ...zones],
            grafana: ['cluster', 'load-balancer', 'secrets', 'telemetry'],
          }
        : {
            'grafana-firewall': ['edge', 'edge-security'],
            edge: ['edge-security', 'load-balancer', 'storage', ...zones],
            grafana: ['cluster', 'secrets', 'telemetry'],
          }),
      'edge-logs': ['edge'],
      secrets: away,
      images: away,
      cluster: [...here, 'images', 'network'],
      workloads: ['cluster', 'load-balancer', 'mysql', 'network', 'redis', 'secrets'],
      'edge-monitoring': ['edge', ...(environment(name).domain ? ['edge-security'] : [])],
      monitoring: [
        'cluster',
        'edge-monitoring',
        'load-balancer',
        'mysql',
        'network',
        'redis',
        ...(copies.length > 0 ? ['storage'] : []),
        'workloads',
      ],
      telemetry: ['cluster', 'monitoring', 'mysql', 'redis', 'workloads'],
      tenancy: ['cluster', 'secrets', 'storage', 'workloads'],
      ...Object.fromEntries(
        stacksOf(name)
          .slice(STACKS.length + copies.length + zones.length)
          .map((stack) => [stack, ['cluster', 'tenancy']]),
      ),
    });
  });

  test.each(Object.entries(INVARIANTS))('%s', (_, invariant) => {
    expect(invariant(assembly(name), environment(name), templates())).toEqual([]);
  });

  test('is synthesized to the same bytes twice', () => {
    const second = staged(name) ? stageOf(name) : again(environment(name));
    for (const stack of assembly(name).stacks)
      expect(readFileSync(second.getStackArtifact(stack.id).templateFullPath, 'latin1')).toBe(
        readFileSync(stack.templateFullPath, 'latin1'), // one character a byte: a comparison of buffers takes seconds
      );
  });

  test('keeps its logs and its data if the configuration says so, and nothing else', () => {
    const { retainLogs, retainData } = environment(name);
    const kept = all(name)
      .filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete')
      .map(([, { Type, DeletionPolicy }]) => `${DeletionPolicy} ${Type}`);
    expect([...new Set(kept)].toSorted()).toEqual(
      [
        ...new Set([
          `RetainExceptOnCreate ${MANIFEST}`, // the namespaces
          ...zonesOf(name).map(() => 'RetainExceptOnCreate AWS::Route53::HostedZone'),
          ...(retainLogs ? ['RetainExceptOnCreate AWS::Logs::LogGroup'] : []),
          ...(retainData
            ? [
                'RetainExceptOnCreate AWS::ECR::Repository',
                'RetainExceptOnCreate AWS::KMS::Key',
                'RetainExceptOnCreate AWS::S3::Bucket',
                'RetainExceptOnCreate AWS::SecretsManager::Secret',
                ...copiesOf(name).flatMap(() => [
                  'RetainExceptOnCreate AWS::Backup::BackupVault',
                  'RetainExceptOnCreate AWS::IAM::Role',
                ]),
                ...(environment(name).recovery?.airGapped
                  ? ['RetainExceptOnCreate AWS::Backup::LogicallyAirGappedBackupVault']
                  : []),
                'Snapshot AWS::ElastiCache::ReplicationGroup',
                'Snapshot AWS::RDS::DBInstance',
              ]
            : []),
        ]),
      ].toSorted(),
    );
  });

  test('keeps the logical ids of what must never be replaced, and of every manifest', () => {
    const stacks = specified(name).stacks.map(({ stackName, template }) => ({ name: stackName, template }));
    expect(logicalIds(stacks)).toMatchSnapshot();
  });
});

describe('other accounts and zones', () => {
  const { prod } = SAMPLES;
  const other = once({
    ...prod,
    account: '999988887777',
    region: 'eu-north-1',
    network: { ...prod.network, availabilityZones: ['a', 'b', 'c'].map((letter) => `eu-north-1${letter}`) },
    cluster: { ...prod.cluster, administratorRoleArns: ['arn:aws:iam::999988887777:role/Admin'] },
  });

  test('look nothing up', () => {
    expect(other.manifest.missing).toBeUndefined();
  });

  test('leave nothing of the committed ones in a template', () => {
    expect(JSON.stringify(other.stacks.map(({ template }) => template))).not.toMatch(
      new RegExp(`${prod.account}|${prod.region}`),
    );
  });
});

describe('the pipeline', () => {
  test.each(pipeline.stages.map((stage) => stage.environment))('deploys %s exactly as -c env does', (name) => {
    const stage = stageOf(name);
    expect(stage.stacks.map(({ stackName }) => stackName)).toEqual(
      assembly(name).stacks.map(({ stackName }) => stackName),
    );
    for (const { id, template } of assembly(name).stacks)
      expect(stage.stacks.find((stack) => stack.id === id)?.template).toEqual(template);
  });
});

test.each([
  ['api-gateway', ['Deployment']],
  // It migrates once for each image: another Job, for which the deployment waits.
  ['auth-service', ['Deployment', 'Job', 'Job', 'Migration']],
] as const)('another image of %s changes what runs it, and nothing else (S18)', (service, kinds) => {
  const prod = environment('prod');
  const next = once({
    ...prod,
    releases: withRelease(prod.releases, service, { tag: '1.0.1' }),
  });
  const changed = STACKS.flatMap((stack) => {
    const [old, fresh] = [resourcesOf(assembly('prod'), stack), resourcesOf(next, stack)];
    return Object.keys({ ...old, ...fresh }).filter((id) => JSON.stringify(old[id]) !== JSON.stringify(fresh[id]));
  });
  const name = service.replace('-', '');
  expect(changed.map((id) => [id, id.includes(name)])).toEqual(changed.map((id) => [id, true]));
  expect(changed.map((id) => /^(?:Clustermanifest)?(Deployment|Job|Migration)/.exec(id)?.[1]).toSorted()).toEqual(
    kinds,
  );
});

describe('each switch by itself', () => {
  const off = { ...SAMPLES.prod, retainLogs: false, retainData: false, deletionProtection: false };
  const of = (change: Partial<typeof off>) => {
    const changed = once({ ...off, ...change });
    const resources = STACKS.map((stack) => [stack, resourcesOf(changed, stack)] as const);
    return {
      kept: resources.flatMap(([stack, inside]) =>
        Object.entries(inside)
          .filter(([, { Type, DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete' && Type !== MANIFEST)
          .map(([id]) => `${stack} ${id.replace(/.{8}$/, '')}`),
      ),
      primary: resources
        .flatMap(([, inside]) => Object.values(inside))
        .find(({ Properties }) => Properties?.DBInstanceIdentifier === 'platform-prod')?.Properties,
    };
  };

  test('retainData: the data, and the keys that open it', () => {
    const { kept, primary } = of({ retainData: true });
    expect(kept).toEqual([
      'mysql Key',
      'mysql MysqlPrimary',
      'redis Key',
      'redis Redis',
      'storage Key',
      'storage Uploads',
      'storage Assets',
      'storage Snapshots',
      'secrets Key',
      'secrets Jwt',
      'secrets Grafana',
      'secrets GrafanaKey',
      'secrets TenantsKey',
      'images Key',
      ...imageNames('1.36').map((name) => `images ${name.replaceAll('-', '')}`),
    ]);
    expect(primary?.DeletionProtection).toBe(false);
  });

  test('retainLogs: the logs, and their bucket, but for those of what the configuration can take away', () => {
    expect(of({ retainLogs: true }).kept).toEqual([
      'network FlowLogs',
      'network DefaultSecurityGroupLogs',
      'mysql MysqlLogerror0',
      'mysql MysqlLogslowquery0',
      'redis RedisLogslowlog',
      'redis RedisLogenginelog',
      'storage Logs',
      'edge-security WebAclappLogs',
      'edge-security WebAclapiLogs',
      'edge-logs Logs',
      'cluster ControlPlaneLogs',
      'cluster ControlPlaneClusterKubectlProviderHandlerLogGroup',
      'cluster ControlPlaneClusterKubectlProviderframeworkonEventLogGroup',
    ]);
  });

  test('deletionProtection: the database', () => {
    const { kept, primary } = of({ deletionProtection: true });
    expect(kept).toEqual([]);
    expect(primary?.DeletionProtection).toBe(true);
  });

  test('quietHour: all that disturbs', () => {
    const moved = once({ ...off, quietHour: 3 });
    const text = STACKS.map((stack) => JSON.stringify(resourcesOf(moved, stack))).join();
    expect(text).toContain('"PreferredBackupWindow":"03:00-04:00"');
    expect(text).toContain('"SnapshotWindow":"04:00-05:00"');
    expect(new Set(text.match(/"PreferredMaintenanceWindow":"[^"]*"/g))).toEqual(
      new Set(['"PreferredMaintenanceWindow":"sun:05:00-sun:06:00"']),
    );
    expect(text.match(/cron\(0 \d+ 1 \* \? \*\)/g)).toEqual(
      Array.from({ length: 1 + DATABASES.length }, () => 'cron(0 6 1 * ? *)'), // and the administrator's
    );
  });
});
