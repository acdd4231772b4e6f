import { runSimulation } from '@cloud-copilot/iam-simulate';
import { SAMPLES } from '../sample';
import { flat, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const { account, region } = SAMPLES.prod;
const tenancy = resourcesOf(sample('prod'), 'tenancy');
const BUCKET = 'arn:aws:s3:::uploads';
const KEY = `arn:aws:kms:${region}:${account}:key`;

/** A value of the template as it would be deployed, with values of other stacks filled in. */
const deployed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const imported: string | undefined = value['Fn::ImportValue'];
  if (imported?.includes('Uploads')) return BUCKET;
  if (imported?.includes('storage') && imported.includes('Key')) return `${KEY}/uploads`;
  if (imported?.includes('TenantsKey')) return `${KEY}/secrets`;
  if (imported?.includes('cluster')) return 'platform-prod';
  if (value.Ref === 'AWS::URLSuffix') return 'amazonaws.com';
  if (value['Fn::Join']) return flat({ 'Fn::Join': [value['Fn::Join'][0], deployed(value['Fn::Join'][1])] });
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deployed(inner)]));
};

const [role] = propertiesOf(tenancy, 'AWS::IAM::Role') as [Json];
const trust = deployed(role.AssumeRolePolicyDocument);
/** The simulator knows no key of an encryption context: another text stands for it. */
const SECRET_ARN = 'aws:RequestTag/SecretARN';
const policy = JSON.parse(
  JSON.stringify(deployed(propertiesOf(tenancy, 'AWS::IAM::Policy')[0]!.PolicyDocument)).replace(
    'kms:EncryptionContext:SecretARN',
    SECRET_ARN,
  ),
);

interface Attempt {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether pods of the tenant acme may do it. */
const allows = async ({ action, resource, context = {} }: Attempt, document: Json = policy): Promise<boolean> => {
  const simulated = await runSimulation(
    {
      identityPolicies: [{ name: 'own', policy: document }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      // Keys of KMS leave it to IAM, as those of this application do.
      ...(resource.startsWith(KEY) && {
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
          ],
        },
      }),
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${role.RoleName}/eks-pod`,
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:PrincipalTag/kubernetes-namespace': 'tenant-acme', ...context },
      },
    },
    {},
  );
  if (simulated.resultType === 'error') throw new Error(JSON.stringify(simulated.errors));
  return simulated.overallResult === 'Allowed';
};

const object = (action: string, path: string): Attempt => ({ action: `s3:${action}`, resource: `${BUCKET}/${path}` });
const list = (prefix?: string): Attempt => ({
  action: 's3:ListBucket',
  resource: BUCKET,
  ...(prefix !== undefined && { context: { 's3:prefix': prefix } }),
});
const secretArn = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
const secret = (name: string, action = 'GetSecretValue'): Attempt => ({
  action: `secretsmanager:${action}`,
  resource: secretArn(name),
});
const opened = (key: string, service: string, context: Attempt['context'] = {}, action = 'Decrypt'): Attempt => ({
  action: `kms:${action}`,
  resource: `${KEY}/${key}`,
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, ...context },
});
const secretOpened = (name: string) => opened('secrets', 'secretsmanager', { [SECRET_ARN]: secretArn(name) });

test.each<[string, Attempt]>([
  ['reads its objects', object('GetObject', 'tenant-acme/a/b.png')],
  ['writes them', object('PutObject', 'tenant-acme/b.png')],
  ['deletes them', object('DeleteObject', 'tenant-acme/b.png')],
  ['gives up an upload in parts', object('AbortMultipartUpload', 'tenant-acme/b.png')],
  ['lists them', list('tenant-acme/')],
  ['lists some of them', list('tenant-acme/a/')],
  ['decrypts uploads', opened('uploads', 's3')],
  ['encrypts uploads', opened('uploads', 's3', {}, 'GenerateDataKey')],
  ['reads its secrets', secret('platform/prod/tenants/tenant-acme/stripe')],
  ['knows about them', secret('platform/prod/tenants/tenant-acme/stripe', 'DescribeSecret')],
  ['opens them', secretOpened('platform/prod/tenants/tenant-acme/stripe')],
])('a tenant %s', async (_, attempt) => {
  expect(await allows(attempt)).toBe(true);
});

const FOREIGN: readonly [string, Attempt][] = [
  ['reads objects of another', object('GetObject', 'tenant-globex/b.png')],
  ['reads those of a tenant whose name begins like its own', object('GetObject', 'tenant-acme2/b.png')],
  ['writes those of another', object('PutObject', 'tenant-globex/b.png')],
  ['deletes those of another', object('DeleteObject', 'tenant-globex/b.png')],
  ['ends an upload of another', object('AbortMultipartUpload', 'tenant-globex/b.png')],
  ['lists those of another', list('tenant-globex/')],
  ['reads secrets of another', secret('platform/prod/tenants/tenant-globex/stripe')],
  ['opens secrets of another', secretOpened('platform/prod/tenants/tenant-globex/stripe')],
];

test.each<[string, Attempt]>([
  ...FOREIGN,
  ['lists the bucket', list()],
  ['lists all that begins like its own', list('tenant-acme')],
  ['lists with an empty prefix', list('')],
  ['reads what belongs to nobody', object('GetObject', 'b.png')],
  ['brings deleted objects back', object('DeleteObjectVersion', 'tenant-acme/b.png')],
  ['reads secrets of the platform', secret('platform/prod/sentry-dsn')],
  ['changes its secrets', secret('platform/prod/tenants/tenant-acme/stripe', 'PutSecretValue')],
  ['decrypts uploads by itself', { ...opened('uploads', 's3'), context: {} }],
  ['decrypts secrets by another service', opened('secrets', 's3')],
  [
    'decrypts its own secrets by another service',
    opened('secrets', 's3', { [SECRET_ARN]: secretArn('platform/prod/tenants/tenant-acme/stripe') }),
  ],
])('no tenant %s', async (_, attempt) => {
  expect(await allows(attempt)).toBe(false);
});

test.each(FOREIGN)('the tag of the session is what forbids it: without, a tenant %s', async (_, attempt) => {
  const untagged = JSON.parse(JSON.stringify(policy).replaceAll('${aws:PrincipalTag/kubernetes-namespace}', '*'));
  expect(await allows(attempt, untagged)).toBe(true);
});

test('a session without the tag has nothing', async () => {
  for (const attempt of [
    object('GetObject', 'tenant-acme/b.png'),
    list('tenant-acme/'),
    ...FOREIGN.map(([, one]) => one),
  ])
    expect(
      await allows({ ...attempt, context: { ...attempt.context, 'aws:PrincipalTag/kubernetes-namespace': '' } }),
    ).toBe(false);
});

test('only pods of tenants assume the role: of this cluster, of their namespaces, of one service account', () => {
  expect(trust.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:RequestTag/eks-cluster-name': 'platform-prod',
          'aws:RequestTag/kubernetes-service-account': 'tenant',
        },
        StringLike: { 'aws:RequestTag/kubernetes-namespace': 'tenant-*' },
      },
    },
  ]);
});
