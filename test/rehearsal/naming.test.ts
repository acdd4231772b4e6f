import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';
import { namesOf } from '../../rehearsal/src/permissions/names';
import { generatedName, namings } from '../../rehearsal/src/provider/naming';
import { providerSchemas } from '../../rehearsal/src/provider/schemas';

/** A stack of Elastic Beanstalk: `awseb-e-` and the id of an environment. */
const BEANSTALK = 'awseb-e-52sccvqn3r-stack';

/**
 * Names that CloudFormation generated, and who told them: type, stack, logical id (as far as it is known), name. Of what AWS documents,
 * its own examples (CloudFormation Template Reference, April 2026: "Return values" of the type, or "Resource custom naming").
 */
const GENERATED: readonly (readonly [string, string, string, string])[] = [
  // Resource custom naming
  ['AWS::S3::Bucket', 'stack123123123123', 's3bucket', 'stack123123123123-s3bucket-abcdefghijk1'],
  // Return values
  ['AWS::SNS::Topic', 'mystack', 'mytopic', 'mystack-mytopic-NZJ5JSMVGFIE'],
  ['AWS::Events::Rule', 'mystack', 'ScheduledRule', 'mystack-ScheduledRule-ABCDEFGHIJK'],
  // Events of Elastic Beanstalk in public logs: the first load balancer of 2020, the second and the target group of 2023 and later
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', BEANSTALK, 'AWSEBV2LoadBalancer', 'awseb-AWSEB-2KHZYMLZHUJA'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', BEANSTALK, 'AWSEBV2LoadBalancer', 'awseb--AWSEB-ULBgjprjirzn'],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', BEANSTALK, 'AWSEBV2LoadBalancer', 'awseb-AWSEB-VLTPKQE9CGON'],
  [
    'AWS::CloudWatch::Alarm',
    BEANSTALK,
    'AWSEBCloudwatchAlarmHigh',
    `${BEANSTALK}-AWSEBCloudwatchAlarmHigh-7wwXPn8rQe05`,
  ],
  // https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/pull/643
  ['AWS::ElasticLoadBalancingV2::TargetGroup', 'claude-code-auth', 'HTTPTargetGroup', 'claude-HTTPT-VTF44BENVVF2'],
  // https://github.com/aws/aws-cdk/issues/16992 and 1285, and logs of CDK Pipelines until September 2026
  ['AWS::CodeBuild::Project', 'one', 'mainpipelineAssetsFileAsset1', 'mainpipelineAssetsFileAsset-RNYksKW84oES'],
  ['AWS::CodeBuild::Project', 'one', 'ChromeBuildProjectCF1ECDFF', 'ChromeBuildProjectCF1ECDFF-pzCWvLzMTWlA'],
  [
    'AWS::CodeBuild::Project',
    'one',
    'PipelineBuildSynthCdkBuildProject6BEFA8E6',
    'PipelineBuildSynthCdkBuildP-5irl7k2WBhfr',
  ],
  // The pipelines of o3de/o3de
  [
    'AWS::CodePipeline::Pipeline',
    'JenkinsPipelineStack',
    'Pipeline9850B417',
    'JenkinsPipelineStack-Pipeline9850B417-3P7BBQIUJKL0',
  ],
  // A Redis and its stack, told with every name: the name of the parameter group is cut, that of the subnet group is not
  ['AWS::ElastiCache::ParameterGroup', 'aether-redis-staging', 'CacheParameterGroup', 'aether-cache-j0afatglnzdd'],
  [
    'AWS::ElastiCache::SubnetGroup',
    'aether-redis-staging',
    'RedisSubnetGroup',
    'aether-redis-staging-redissubnetgroup-h3csraziurfg',
  ],
  // A subnet group that could not be deleted, and the stack that it is of
  [
    'AWS::RDS::DBSubnetGroup',
    'CourtCaseManagementStack',
    'DatabaseSubnetGroup',
    'courtcasemanagementstack-databasesubnetgroup-rfufoe6wl1jq',
  ],
  // https://gist.github.com/christianklotz/468a240a75f4ae3e73bd52722f926acb
  [
    'AWS::Lambda::Function',
    'MyStackDev-MyNestedApplicationStack',
    'MyLambdaFunctionName',
    'MyStackDev-MyNestedApplicatio-MyLambdaFunctionName-1U44TLUZ7OR55',
  ],
  // Outputs of applications of the CDK
  ['AWS::SecretsManager::Secret', 'one', 'DatabaseSecret86DBB7B3', 'DatabaseSecret86DBB7B3-DiVgdXkHj1O2'],
  ['AWS::SSM::Parameter', 'one', 'ListAutogenC5DA1CAE', 'CFN-ListAutogenC5DA1CAE-QmGaUkqhh6Au'],
  ['AWS::Lambda::LayerVersion', 'kubectl-layer-stack', 'KubectlLayer600207B5', 'KubectlLayer600207B5'],
];

test.each(GENERATED)('%s of %s: %s is what CloudFormation called %s', (type, stack, logicalId, name) => {
  const beginning = generatedName(namings()[type]!, stack, logicalId);
  expect(name.startsWith(beginning!)).toBe(true);
  expect(beginning!.length).toBeGreaterThan(4);
});

const stackOf = (Type: string, Properties = {}): readonly AssembledStack[] => [
  {
    name: 'platform-dev-one',
    id: 'One',
    account: '111111111111',
    region: 'eu-west-1',
    terminationProtection: false,
    template: { Resources: { One: { Type, Properties } } },
  },
];

const group = (properties: object) => namesOf(stackOf('AWS::ElastiCache::ReplicationGroup', properties), namings());

test('a type of which nobody knows how it would be named has to be named', () => {
  expect(() => group({})).toThrow(
    'AWS::ElastiCache::ReplicationGroup One of platform-dev-one has no ReplicationGroupId, and the name that CloudFormation would ' +
      'generate is not known, so no policy can allow it: set ReplicationGroupId',
  );
  expect(group({ ReplicationGroupId: 'Platform-Dev' }).get('elasticache:replicationgroup')?.patterns).toEqual(
    new Set(['platform-dev*']),
  );
});

test('every type has a way to its name, and the property of its name exists', () => {
  const spec = loadAwsServiceSpecSync();
  const wrong = Object.entries(namings()).flatMap(([type, { name, generated }]) => {
    const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
    const [head = ''] = name?.split('/') ?? [];
    if (name !== undefined && resource?.properties[head] === undefined) return [`${type} has no ${name}`];
    return name === undefined && generated === undefined ? [`${type} has no name at all`] : [];
  });
  expect(wrong).toEqual([]);
});

/** As AWS documents them: "This value is stored as a lowercase string", "converts it to lowercase", and the rules of names of buckets. */
test('what AWS documents as stored in lower case is in lower case', () => {
  const spec = loadAwsServiceSpecSync();
  const documented = Object.keys(providerSchemas().types).filter((type) => {
    const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
    const { name } = namings()[type] ?? {};
    return /lowercase string|converts it to lowercase|only lowercase letters, numbers, periods/.test(
      resource?.properties[name ?? '']?.documentation ?? '',
    );
  });
  expect(documented.filter((type) => !namings()[type]?.lowerCase)).toEqual([]);
  expect(documented.length).toBeGreaterThan(3);
});
