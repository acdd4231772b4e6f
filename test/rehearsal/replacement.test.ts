import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { propertyVerdict, replacements, surprises, type StackTemplate } from '../../rehearsal/src/provider/replacement';
import { providerSchemas } from '../../rehearsal/src/provider/schemas';

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
    'AWS::EC2::VPC Vpc of one was not replaced, but CloudFormation replaces it when CidrBlock changes',
  ]);
  expect(surprises([], [happened])).toEqual(['AWS::EC2::VPC Vpc of one was replaced, although no schema says so']);
});

/** Effect of a property's change. `fields`: another value of these fields replaces, of others it does not. */
type Says = 'replaces' | 'may replace' | 'updates' | { readonly fields: readonly string[] };

interface Disagreement {
  readonly registry: Says;
  /** The CDK's own data: @aws-cdk/aws-service-spec. */
  readonly cdk: Says;
  /** "Update requires" in the CloudFormation Template Reference of April 2026. */
  readonly documented: 'Replacement' | 'Some interruptions' | 'No interruption';
  /** The reference's addition. */
  readonly but?: string;
}

const outgrown = { registry: 'updates', cdk: 'replaces', documented: 'No interruption' } as const;

/**
 * Where the registry's schema and the CDK's own data do not agree, and what AWS documents. The CDK's data merges older sources, such as
 * the resource specification, which knows no fields, and whose "Update requires" a handler has outgrown.
 */
const DISAGREEMENTS: Readonly<Record<string, Disagreement>> = {
  'AWS::Budgets::Budget Budget': {
    registry: { fields: ['BudgetName'] },
    cdk: 'updates',
    documented: 'No interruption',
  },
  'AWS::CertificateManager::Certificate ValidationMethod': {
    registry: 'updates',
    cdk: 'replaces',
    documented: 'Replacement',
  },
  'AWS::EC2::EIP Domain': outgrown,
  'AWS::EC2::VPCEndpoint DnsOptions': {
    registry: { fields: ['PrivateDnsPreference', 'PrivateDnsSpecifiedDomains'] },
    cdk: 'updates',
    documented: 'No interruption',
    but: 'Replacement for these fields',
  },
  'AWS::EKS::Cluster AccessConfig': {
    registry: { fields: ['BootstrapClusterCreatorAdminPermissions'] },
    cdk: 'updates',
    documented: 'No interruption',
    but: 'Replacement for these fields',
  },
  'AWS::EKS::Cluster KubernetesNetworkConfig': {
    registry: { fields: ['IpFamily', 'ServiceIpv4Cidr'] },
    cdk: 'replaces',
    documented: 'No interruption',
    but: 'Replacement for these fields',
  },
  'AWS::ElastiCache::ReplicationGroup Engine': outgrown,
  'AWS::ElastiCache::ReplicationGroup NumNodeGroups': {
    registry: 'updates',
    cdk: 'may replace',
    documented: 'No interruption',
    but: 'Replacement without the UseOnlineResharding of UpdatePolicy, which lib/constructs/redis.ts sets',
  },
  'AWS::ElastiCache::ReplicationGroup ReplicasPerNodeGroup': {
    registry: 'updates',
    cdk: 'replaces',
    documented: 'Replacement',
  },
  'AWS::ElastiCache::User Engine': outgrown,
  'AWS::ElastiCache::UserGroup Engine': outgrown,
  'AWS::Events::EventBus EventSourceName': { registry: 'updates', cdk: 'replaces', documented: 'Replacement' },
  'AWS::Events::Rule EventBusName': { registry: 'may replace', cdk: 'replaces', documented: 'Some interruptions' },
  'AWS::Lambda::Function DurableConfig': { registry: 'may replace', cdk: 'updates', documented: 'Replacement' },
  'AWS::RDS::DBInstance Port': { ...outgrown, documented: 'Some interruptions' },
  'AWS::RDS::DBInstance StorageType': { registry: 'updates', cdk: 'may replace', documented: 'Some interruptions' },
  'AWS::Route53::RecordSet Name': { registry: 'may replace', cdk: 'replaces', documented: 'Replacement' },
  'AWS::Route53::RecordSet SetIdentifier': { registry: 'may replace', cdk: 'updates', documented: 'No interruption' },
  'AWS::Route53::RecordSet Type': { registry: 'may replace', cdk: 'updates', documented: 'No interruption' },
  'AWS::S3::Bucket ObjectLockEnabled': outgrown,
  'AWS::SNS::Subscription Region': { registry: 'may replace', cdk: 'updates', documented: 'Some interruptions' },
};

const CDK_SAYS = { yes: 'replaces', maybe: 'may replace', no: 'updates' } as const;

/** The effect of a property's change by the registry. */
const registered = (type: string, name: string): Says => {
  const { createOnly, conditionalCreateOnly } = providerSchemas().types[type]!;
  if (createOnly.includes(name)) return 'replaces';
  if (conditionalCreateOnly.includes(name)) return 'may replace';
  const fields = [...createOnly, ...conditionalCreateOnly]
    .filter((path) => path.startsWith(`${name}/`))
    .map((path) => path.slice(name.length + 1));
  return fields.length > 0 ? { fields } : 'updates';
};

/** A field that replaces is a property that may. */
const coarse = (says: Says) => (typeof says === 'object' ? 'may replace' : says);

test('the data of the CDK says the same but for these', () => {
  const spec = loadAwsServiceSpecSync();
  const found = Object.keys(providerSchemas().types).flatMap((type) => {
    const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
    return Object.entries(resource?.properties ?? {}).flatMap(([name, { causesReplacement = 'no' }]) => {
      const [registry, cdk] = [registered(type, name), CDK_SAYS[causesReplacement]];
      return coarse(registry) === cdk ? [] : [[`${type} ${name}`, { registry, cdk }] as const];
    });
  });
  const known = Object.entries(DISAGREEMENTS).map(([key, { registry, cdk }]) => [key, { registry, cdk }]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(known));
});

/** The review shows what either of the two says. */
test('where AWS documents a replacement, one of the two says so', () => {
  const silent = Object.entries(DISAGREEMENTS).filter(
    ([, { registry, cdk, documented }]) =>
      documented === 'Replacement' && coarse(registry) === 'updates' && cdk === 'updates',
  );
  expect(silent).toEqual([]);
});
