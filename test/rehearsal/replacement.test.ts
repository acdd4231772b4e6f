import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { propertyVerdict, replacements, surprises, type StackTemplate } from '../../rehearsal/provider/replacement';
import { providerSchemas } from '../../rehearsal/provider/schemas';

const stack = (Resources: StackTemplate['template']['Resources'], name = 'one', Outputs = {}): StackTemplate => ({
  name,
  template: { Resources: Resources!, Outputs },
});

const vpc = (CidrBlock: string) => ({ Type: 'AWS::EC2::VPC', Properties: { CidrBlock } });
const table = (VpcId: unknown) => ({ Type: 'AWS::EC2::RouteTable', Properties: { VpcId } });

test('a create-only property replaces, another one does not', () => {
  expect(propertyVerdict('AWS::EC2::VPC', 'CidrBlock', '10.0.0.0/16', '10.1.0.0/16')).toBe('replaced');
  expect(propertyVerdict('AWS::EC2::VPC', 'EnableDnsHostnames', true, false)).toBe('changed');
  expect(propertyVerdict('AWS::EC2::VPC', 'InstanceTenancy', 'default', 'dedicated')).toBe('perhaps replaced');
  expect(propertyVerdict('AWS::Nowhere::Thing', 'Name', 'a', 'b')).toBeUndefined();
});

test('of a property with fields, only the create-only ones replace', () => {
  const before = { BudgetName: 'a' };
  const verdict = (after: object) => propertyVerdict('AWS::Budgets::Budget', 'Budget', before, after);
  expect(verdict({ ...before, BudgetType: 'COST' })).toBe('changed');
  expect(verdict({ BudgetName: 'b' })).toBe('replaced');
});

test('what refers to a replaced resource is replaced too, in other stacks as well', () => {
  const output = { Id: { Value: { Ref: 'Vpc' }, Export: { Name: 'vpc' } } };
  const of = (cidr: string) => [
    stack({ Vpc: vpc(cidr), Table: table({ Ref: 'Vpc' }) }, 'network', output),
    stack({ Other: table({ 'Fn::ImportValue': 'vpc' }) }, 'other'),
  ];
  expect(replacements(of('10.0.0.0/16'), of('10.0.0.0/16'))).toEqual([]);
  expect(replacements(of('10.0.0.0/16'), of('10.1.0.0/16')).map(({ logicalId }) => logicalId)).toEqual([
    'Vpc',
    'Table',
    'Other',
  ]);
});

test('an update that does otherwise than predicted is told', () => {
  const predicted = replacements([stack({ Vpc: vpc('10.0.0.0/16') })], [stack({ Vpc: vpc('10.1.0.0/16') })]);
  const happened = { stack: 'one', logicalId: 'Vpc', type: 'AWS::EC2::VPC' };
  expect(surprises(predicted, [happened])).toEqual([]);
  expect(surprises(predicted, [])).toEqual([
    'AWS::EC2::VPC Vpc of one was not replaced: CloudFormation does, for another CidrBlock',
  ]);
  expect(surprises([], [happened])).toEqual(['AWS::EC2::VPC Vpc of one was replaced: no schema says so']);
});

/**
 * Where the registry's schema and the CDK's own data (@aws-cdk/aws-service-spec) do not agree, and why. The CDK's data merges older
 * sources: the resource specification, whose "Update requires" a handler has outgrown, or which knows no fields.
 */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
  'AWS::Budgets::Budget Budget': 'its field BudgetName only',
  'AWS::CertificateManager::Certificate ValidationMethod':
    'specification; the schema has no create-only property of it',
  'AWS::EC2::EIP Domain': 'specification; the schema updates it',
  'AWS::EC2::VPCEndpoint DnsOptions': 'two of its fields only',
  'AWS::EKS::Cluster AccessConfig': 'its field BootstrapClusterCreatorAdminPermissions only',
  'AWS::EKS::Cluster KubernetesNetworkConfig': 'its fields IpFamily and ServiceIpv4Cidr only',
  'AWS::ElastiCache::ReplicationGroup Engine': 'from Redis to Valkey in place',
  'AWS::ElastiCache::ReplicationGroup NumNodeGroups': 'resharded in place',
  'AWS::ElastiCache::ReplicationGroup ReplicasPerNodeGroup': 'changed in place',
  'AWS::ElastiCache::User Engine': 'from Redis to Valkey in place',
  'AWS::ElastiCache::UserGroup Engine': 'from Redis to Valkey in place',
  'AWS::Events::Rule EventBusName': 'depends on the value in the schema',
  'AWS::Lambda::Function DurableConfig': 'depends on the value in the schema',
  'AWS::RDS::DBInstance Port': 'changed in place, with a reboot',
  'AWS::RDS::DBInstance StorageType': 'changed in place, with some interruption',
  'AWS::Route53::RecordSet Name': 'identifies it, and the schema does not list it',
  'AWS::Route53::RecordSet SetIdentifier': 'identifies it, and the schema does not list it',
  'AWS::Route53::RecordSet Type': 'identifies it, and the schema does not list it',
  'AWS::S3::Bucket ObjectLockEnabled': 'may be turned on later',
  'AWS::SNS::Subscription Region': 'depends on the value in the schema',
};

test('the data of the CDK says the same but for these', () => {
  const spec = loadAwsServiceSpecSync();
  const found = Object.entries(providerSchemas().types).flatMap(([type, schema]) => {
    const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
    return Object.entries(resource?.properties ?? {}).flatMap(([name, { causesReplacement = 'no' }]) => {
      const listed = (paths: readonly string[]) => paths.some((path) => path.split('/')[0] === name);
      const whole = schema.createOnly.includes(name);
      const registered = whole
        ? 'yes'
        : listed([...schema.createOnly, ...schema.conditionalCreateOnly])
          ? 'maybe'
          : 'no';
      return registered === causesReplacement ? [] : [`${type} ${name}`];
    });
  });
  expect(found.toSorted()).toEqual(Object.keys(DISAGREEMENTS).toSorted());
});
