import { DATABASES } from '../lib/model/services';
import { readFileSync } from 'node:fs';
import { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { deliveryPipeline, environment } from '../lib/config';
import { ENVIRONMENT_NAMES } from '../lib/config/environment';
import { imageNames } from '../lib/model/images';
import { SAMPLES } from './sample';
import { again, assembly, once, oncePipeline, propertiesOf, resourcesOf, type CfnResource, type Json } from './synth';
import { sitesOf } from './sites';

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

/** The stacks of an environment: the same everywhere, one for its zones, and as many for tenants as it has needed. */
const stacksOf = (name: string): string[] => [
  ...STACKS,
  ...zonesOf(name),
  ...Array.from({ length: environment(name).tenantRecord.stacks }, (_, i) => `tenants-${i + 1}`),
];

/** Types that take no tags; whatever else there is has to carry them. */
const TAKES_NO_TAGS =
  /^(Custom::.*|AWS::CloudWatch::Dashboard|AWS::CloudFront::(MonitoringSubscription|OriginAccessControl|ResponseHeadersPolicy|VpcOrigin)|AWS::EC2::(Route|SubnetRouteTableAssociation|VPCCidrBlock|VPCGatewayAttachment|SecurityGroup(In|E)gress)|AWS::EKS::Nodegroup|AWS::ElasticLoadBalancingV2::Listener(Rule)?|AWS::IAM::Policy|AWS::KMS::Alias|AWS::CloudFormation::WaitConditionHandle|AWS::Lambda::LayerVersion|AWS::Logs::(QueryDefinition|ResourcePolicy)|AWS::RDS::DBProxyTargetGroup|AWS::Route53::RecordSet|AWS::S3::BucketPolicy|AWS::SecretsManager::(ResourcePolicy|RotationSchedule|SecretTargetAttachment)|AWS::SNS::(Subscription|TopicPolicy)|AWS::WAFv2::LoggingConfiguration)$/;

/** What the pipeline deploys: another run of the same code. */
const stageOf = (name: string) => oncePipeline().getNestedAssembly(`assembly-${name}`);
const staged = (name: string) => deliveryPipeline().stages.some((stage) => stage.environment === name);

const all = (name: string): [string, CfnResource][] =>
  stacksOf(name).flatMap((stack) => Object.entries(resourcesOf(assembly(name), stack)));

describe.each(ENVIRONMENT_NAMES)('%s', (name) => {
  test('has its stacks: the data beside the cluster, then the workloads, then the tenants', () => {
    const zones = zonesOf(name);
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
      mysql: ['network'],
      redis: ['network'],
      storage: [],
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
      secrets: [],
      images: [],
      cluster: ['images', 'network'],
      workloads: ['cluster', 'load-balancer', 'mysql', 'network', 'redis', 'secrets'],
      'edge-monitoring': ['edge', ...(environment(name).domain ? ['edge-security'] : [])],
      monitoring: ['cluster', 'edge-monitoring', 'load-balancer', 'mysql', 'network', 'redis', 'workloads'],
      telemetry: ['cluster', 'monitoring', 'mysql', 'redis', 'workloads'],
      tenancy: ['cluster', 'secrets', 'storage', 'workloads'],
      ...Object.fromEntries(
        stacksOf(name)
          .slice(STACKS.length + zones.length)
          .map((stack) => [stack, ['cluster', 'tenancy']]),
      ),
    });
  });

  test('no two stacks write a policy of one name into one role: the second would take the place of the first', () => {
    const policies = assembly(name).stacks.flatMap(({ stackName, template }) =>
      propertiesOf(template.Resources, 'AWS::IAM::Policy').flatMap(({ PolicyName, Roles }) =>
        Roles.map((role: Json) => JSON.stringify([role, 'Ref' in role && stackName, PolicyName])),
      ),
    );
    expect(policies.filter((policy, i) => policies.indexOf(policy) !== i)).toEqual([]);
  });

  test('looks nothing up', () => {
    expect(assembly(name).manifest.missing).toBeUndefined();
    expect(JSON.stringify(assembly(name).stacks.map(({ template }) => template))).not.toMatch(/dummy|AWS::AccountId/);
  });

  test('is synthesized to the same bytes twice', () => {
    const second = staged(name) ? stageOf(name) : again(environment(name));
    for (const stack of assembly(name).stacks)
      expect(readFileSync(second.getStackArtifact(stack.id).templateFullPath, 'latin1')).toBe(
        readFileSync(stack.templateFullPath, 'latin1'), // one character a byte: a comparison of buffers takes seconds
      );
  });

  test('tags whatever takes tags with environment, owner and cost centre', () => {
    const { tags } = environment(name);
    const wanted = { Environment: tags.environment, Owner: tags.owner, CostCenter: tags.costCenter };
    const resources = all(name).filter(([, { Type }]) => !TAKES_NO_TAGS.test(Type));
    for (const [id, { Type, Properties = {} }] of resources) {
      // A launch template has no tags of its own: it says what instances and volumes get.
      expect([id, Properties.TagSpecifications]).toEqual([id, undefined]);
      const lists = Properties.LaunchTemplateData?.TagSpecifications.map(({ Tags }: Json) => Tags) ?? [
        Properties.Tags ?? Properties.HostedZoneTags ?? Properties.ResourceTags ?? [],
      ];
      const given = lists.map((list: Json) =>
        Array.isArray(list) ? Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])) : list,
      );
      for (const tagsOf of given) expect({ id, Type, ...tagsOf }).toMatchObject({ id, Type, ...wanted });
    }
    expect(resources.length).toBeGreaterThan(80);
    for (const [id, { Type, Properties = {} }] of all(name).filter(([, resource]) => TAKES_NO_TAGS.test(resource.Type)))
      expect([id, Type, Properties.Tags]).toEqual([id, Type, undefined]); // CloudFormation would refuse them
  });

  test('names of roles, which all regions of an account share, say which region is meant', () => {
    const names = all(name).flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' ? (Properties?.RoleName ?? []) : [],
    );
    expect(names).toEqual([`platform-${name}-${environment(name).region}-tenants`]);
  });

  test('protects its stacks as the configuration says', () => {
    for (const { terminationProtection } of assembly(name).stacks)
      expect(Boolean(terminationProtection)).toBe(environment(name).deletionProtection);
  });

  test('keeps its logs and its data if the configuration says so, and nothing else', () => {
    const { retainLogs, retainData } = environment(name);
    const kept = all(name)
      .filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete')
      .map(([, { Type, DeletionPolicy }]) => `${DeletionPolicy} ${Type}`);
    expect([...new Set(kept)].toSorted()).toEqual(
      [
        ...zonesOf(name).map(() => 'RetainExceptOnCreate AWS::Route53::HostedZone'),
        ...(retainLogs ? ['RetainExceptOnCreate AWS::Logs::LogGroup'] : []),
        ...(retainData
          ? [
              'RetainExceptOnCreate AWS::ECR::Repository',
              'RetainExceptOnCreate AWS::KMS::Key',
              'RetainExceptOnCreate AWS::S3::Bucket',
              'Snapshot AWS::ElastiCache::ReplicationGroup',
              'Snapshot AWS::RDS::DBInstance',
            ]
          : []),
      ].toSorted(),
    );
  });

  test('keeps within the limits of CloudFormation and of the manifests', () => {
    for (const { template } of assembly(name).stacks) {
      expect(Object.keys(template.Resources).length).toBeLessThan(400); // of 500
      expect(JSON.stringify(template).length).toBeLessThan(800_000); // bytes, of 1,000,000
    }
    const manifests = all(name).filter(([, { Type }]) => Type === 'Custom::AWSCDK-EKS-KubernetesResource');
    for (const [, { Properties = {} }] of manifests)
      expect(JSON.stringify(Properties.Manifest).length).toBeLessThan(200_000); // bytes, of 262,144 in an annotation
  });

  test('keeps the logical ids of what must never be replaced, and of every manifest', () => {
    const precious =
      /^(AWS::CloudFront::(Distribution|VpcOrigin)|AWS::EC2::(VPC|Subnet|NatGateway|EIP|VPCCidrBlock)|AWS::EKS::Cluster|AWS::KMS::Key|AWS::RDS::(DBInstance|DBSubnetGroup|DBProxy)|AWS::ElastiCache::.*|AWS::ElasticLoadBalancingV2::.*|AWS::Route53::HostedZone|AWS::S3::Bucket|AWS::SecretsManager::Secret|AWS::WAFv2::WebACL|Custom::AWSCDK-EKS-.*)$/;
    // Tenants come and go: tenants-stack.test.ts holds their ids.
    const ids = [...STACKS, ...zonesOf(name)].map((stack) => [
      stack,
      Object.entries(resourcesOf(assembly(name), stack))
        .filter(
          ([id, { Type, DeletionPolicy }]) =>
            // A Job's name changes with its input, and with its id.
            !/manifestJob/.test(id) &&
            (precious.test(Type) ||
              DeletionPolicy?.startsWith('Retain') ||
              /KubectlProviderframeworkonEvent.{8}$/.test(id)),
        )
        .map(([id, { Type }]) => `${id} ${Type}`)
        .toSorted(),
    ]);
    expect(Object.fromEntries(ids)).toMatchSnapshot();
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
  test.each(deliveryPipeline().stages.map((stage) => stage.environment))(
    'deploys %s exactly as -c env does',
    (name) => {
      const stage = stageOf(name);
      expect(stage.stacks.map(({ stackName }) => stackName)).toEqual(
        assembly(name).stacks.map(({ stackName }) => stackName),
      );
      for (const { id, template } of assembly(name).stacks)
        expect(stage.stacks.find((stack) => stack.id === id)?.template).toEqual(template);
    },
  );
});

test.each([
  ['api-gateway', ['Deployment']],
  // It migrates once for each image: another Job, for which the deployment waits.
  ['auth-service', ['Deployment', 'Job', 'Job', 'Migration']],
] as const)('another image of %s changes what runs it, and nothing else (S18)', (service, kinds) => {
  const prod = environment('prod');
  const next = once({
    ...prod,
    services: { ...prod.services, [service]: { ...prod.services[service], imageTag: '1.0.1' } },
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
          .filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete')
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
