import { flat, idsOf, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';
import { OPEN_SITES } from '../sites';
import { denials, ONLY_BY_TLS, PRIVATE_BUCKET } from './private-bucket';

const prod = resourcesOf(sample('prod'), 'edge-logs');
const dev = resourcesOf(sample('dev'), 'edge-logs');
const [bucket] = propertiesOf(prod, 'AWS::S3::Bucket');
const [policy] = propertiesOf(prod, 'AWS::S3::BucketPolicy');
const [destination] = propertiesOf(prod, 'AWS::Logs::DeliveryDestination');
const sources = propertiesOf(prod, 'AWS::Logs::DeliverySource');
const deliveries = propertiesOf(prod, 'AWS::Logs::Delivery');

test('stands where CloudFront delivers logs from', () => {
  const stack = sample('prod').stacks.find(({ stackName }) => stackName === 'platform-prod-edge-logs');
  expect(stack?.environment).toMatchObject({ region: 'us-east-1', account: '333333333333' });
});

test('each distribution is a source of its own, and its log is delivered', () => {
  const edge = resourcesOf(sample('prod'), 'edge');
  const { template } = sample('prod').stacks.find(({ stackName }) => stackName === 'platform-prod-edge')!;
  const logged = sources.map(({ Name, LogType, ResourceArn }) => {
    const [prefix, { 'Fn::GetStackOutput': output }] = ResourceArn['Fn::Join'][1];
    expect(prefix).toBe('arn:aws:cloudfront::333333333333:distribution/');
    return [Name, LogType, edge[template.Outputs[output.OutputName].Value.Ref]?.Properties?.DistributionConfig.Comment];
  });
  expect(logged).toEqual(OPEN_SITES.map((site) => [`platform-prod-${site}`, 'ACCESS_LOGS', `platform-prod: ${site}`]));
  expect(deliveries.map(({ DeliverySourceName }) => DeliverySourceName.Ref)).toEqual(sources.map(({ id }) => id));
  for (const { DeliveryDestinationArn } of deliveries)
    expect(DeliveryDestinationArn).toEqual({ 'Fn::GetAtt': [destination?.id, 'Arn'] });
});

test('logs say who asked for what, and have no cookie, query string or referrer', () => {
  for (const { RecordFields } of deliveries) {
    expect(RecordFields).toEqual(
      expect.arrayContaining(['date', 'time', 'c-ip', 'cs-method', 'cs-uri-stem', 'sc-status']),
    );
    expect(RecordFields.filter((field: string) => /cookie|query|referer|forwarded/i.test(field))).toEqual([]);
    expect(new Set(RecordFields).size).toBe(RecordFields.length);
  }
});

test('a distribution has a folder for each day, below the one in which AWS may write', () => {
  expect(destination).toMatchObject({ DeliveryDestinationType: 'S3', OutputFormat: 'json' });
  expect(destination?.DestinationResourceArn).toEqual({
    'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket?.id, 'Arn'] }, '/AWSLogs/333333333333/CloudFront']],
  });
  for (const { S3SuffixPath } of deliveries) expect(S3SuffixPath).toBe('{DistributionId}/{yyyy}/{MM}/{dd}');
});

test('AWS delivers logs of this account to the bucket, and nothing else', () => {
  const allowed = policy?.PolicyDocument.Statement.filter(
    ({ Effect, Principal }: Json) => Effect === 'Allow' && Principal.Service,
  );
  expect(allowed).toEqual([
    {
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: expect.anything(),
      Condition: {
        StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': '333333333333' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:logs:us-east-1:333333333333:delivery-source:*' },
      },
    },
  ]);
  expect(flat(allowed[0].Resource)).toBe('TOKEN/AWSLogs/333333333333/*');
});

test('the policy is there before a delivery, for AWS would write its own; and deliveries are made one after the other', () => {
  for (const { id } of deliveries) expect(ordered(prod, policy!.id, id)).toBe(true);
  const [first, second] = deliveries;
  expect(ordered(prod, first!.id, second!.id)).toBe(true);
});

test('the bucket is private, and its logs end', () => {
  expect(bucket).toMatchObject({
    ...PRIVATE_BUCKET,
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }] },
  });
  expect(denials(policy?.PolicyDocument.Statement)).toEqual(ONLY_BY_TLS);
});

test('the bucket stays when its stack goes, where the configuration says so; else it is emptied and goes', () => {
  expect(prod[bucket!.id]?.DeletionPolicy).toBe('RetainExceptOnCreate');
  expect(idsOf(prod, 'Custom::S3AutoDeleteObjects')).toEqual([]);
  expect(dev[idsOf(dev, 'AWS::S3::Bucket')[0]!]?.DeletionPolicy).toBe('Delete');
  const [emptied] = idsOf(dev, 'Custom::S3AutoDeleteObjects');
  const [logs] = idsOf(dev, 'AWS::Logs::LogGroup'); // else Lambda makes one that is kept for ever
  expect(ordered(dev, logs!, emptied!)).toBe(true);
});
