import { propertiesOf, resourcesOf, sample, type Json } from '../synth';
import { denials, ONLY_BY_TLS, PRIVATE_BUCKET } from './private-bucket';

const prod = resourcesOf(sample('prod'), 'storage');
const dev = resourcesOf(sample('dev'), 'storage');
const bucket = (name: string) => propertiesOf(prod, 'AWS::S3::Bucket').find(({ id }) => id.startsWith(name))!;
const statements = (name: string): Json[] =>
  propertiesOf(prod, 'AWS::S3::BucketPolicy').find(({ id }) => id.startsWith(name))!.PolicyDocument.Statement;

describe.each(['Logs', 'Uploads', 'Assets'])('the bucket %s (S5)', (name) => {
  test('is private, keeps what is overwritten, and has no lists of its own', () => {
    expect(bucket(name)).toMatchObject({
      ...PRIVATE_BUCKET,
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  test('refuses what is not encrypted on the wire, by TLS 1.2 or newer', () => {
    const denied = statements(name).filter(({ Effect }) => Effect === 'Deny');
    expect(denials(statements(name))).toEqual(ONLY_BY_TLS);
    for (const { Action, Principal } of denied) expect([Action, Principal]).toEqual(['s3:*', { AWS: '*' }]);
  });

  test('stays when its stack goes, where the configuration says so; else it is emptied and goes', () => {
    expect(prod[bucket(name).id]?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(propertiesOf(prod, 'Custom::S3AutoDeleteObjects')).toEqual([]);
    expect(propertiesOf(dev, 'Custom::S3AutoDeleteObjects')).toHaveLength(3);
    expect(dev[bucket(name).id]?.DeletionPolicy).toBe('Delete');
  });
});

test('uploads are encrypted with a key of their own, and their old versions end', () => {
  const uploads = bucket('Uploads');
  expect(uploads.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
    {
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.anything() },
    },
  ]);
  expect(uploads.LifecycleConfiguration.Rules).toEqual([
    expect.objectContaining({
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      ExpiredObjectDeleteMarker: true,
    }),
  ]);
  expect(uploads.LoggingConfiguration).toMatchObject({ LogFilePrefix: 's3/uploads/' });
});

test('assets are read by distributions of the account, and by nobody else; their old versions end', () => {
  const assets = bucket('Assets');
  const { Principal, Action, Resource, Condition } = statements('Assets').find(({ Effect }) => Effect === 'Allow')!;
  expect(statements('Assets')).toHaveLength(3); // and two that refuse
  expect(Principal).toEqual({ Service: 'cloudfront.amazonaws.com' });
  expect(Action).toEqual(['s3:GetObject', 's3:ListBucket']);
  expect(Resource).toEqual([
    { 'Fn::GetAtt': [assets.id, 'Arn'] },
    { 'Fn::Join': ['', [{ 'Fn::GetAtt': [assets.id, 'Arn'] }, '/*']] },
  ]);
  expect(Condition).toEqual({
    StringEquals: { 'aws:SourceAccount': '333333333333' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:cloudfront::333333333333:distribution/*' },
  });
  expect(assets.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
    { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }, // a key of its own would have to let CloudFront decrypt
  ]);
  expect(assets.LifecycleConfiguration.Rules).toEqual([
    expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ExpiredObjectDeleteMarker: true }),
  ]);
  expect(assets.LoggingConfiguration).toMatchObject({ LogFilePrefix: 's3/assets/' });
});

test('logs are written by the services that write logs, each under its own prefix, and end', () => {
  const allowed = statements('Logs').filter(({ Effect }) => Effect === 'Allow');
  const grants = allowed
    .filter(({ Principal }) => Principal.Service)
    .map(({ Principal, Action, Resource }) => [Principal.Service, Action, JSON.stringify(Resource)]);
  expect(grants).toEqual([
    [
      'logdelivery.elasticloadbalancing.amazonaws.com',
      's3:PutObject',
      expect.stringContaining('/load-balancer/AWSLogs/333333333333/*'),
    ],
    ['logging.s3.amazonaws.com', 's3:PutObject', expect.stringContaining('/s3/uploads/*')],
    ['logging.s3.amazonaws.com', 's3:PutObject', expect.stringContaining('/s3/assets/*')],
    ['logging.s3.amazonaws.com', 's3:PutObject', expect.stringContaining('/s3/snapshots/*')],
  ]);
  expect(JSON.stringify(allowed[0].Condition)).toContain(
    ':elasticloadbalancing:ap-southeast-1:333333333333:loadbalancer/*',
  );
  expect(bucket('Logs').BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
    { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }, // load balancers write to no other
  ]);
  expect(bucket('Logs').LifecycleConfiguration.Rules).toEqual([
    expect.objectContaining({
      ExpirationInDays: 90,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 }, // an expired object is an old version, and would stay
    }),
  ]);
});
