import type { EnvironmentConfig } from '../../lib/config/environment';
import { broken, isLike, only, referred } from './links';
import { allOf, target, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';

export interface BucketOrigin {
  readonly distribution: Place;
  readonly origin: Json;
}

/** From an origin to its bucket: CloudFront signs what it asks, and the bucket answers no other. */
export const toBucket = (
  templates: Templates,
  { account, region }: Pick<EnvironmentConfig, 'account' | 'region'>,
  { distribution, origin }: BucketOrigin,
): Readonly<Record<string, string>> => {
  const bucket = target(templates, distribution.stack, origin.DomainName);
  if (bucket?.Type !== 'AWS::S3::Bucket')
    return broken(`the origin ${origin.Id} is ${text(templates, distribution.stack, origin.DomainName)}, no bucket`);
  const name = `\${${bucket.stack}.${bucket.id}}`;
  const addresses = [`${name}.s3.${region}.amazonaws.com`, `\${${bucket.stack}.${bucket.id}.RegionalDomainName}`];
  const address = text(templates, distribution.stack, origin.DomainName);
  if (!addresses.includes(address)) broken(`the origin ${origin.Id} asks ${address}, not ${addresses[0]}`);
  signed(templates, distribution, origin);
  if (!admits(templates, bucket, account))
    broken(`no policy of ${bucket.id} lets the distributions of the account read`);
  return { bucket: bucket.id.replace(/.{8}$/, '').toLowerCase() };
};

const signed = (templates: Templates, distribution: Place, { OriginAccessControlId, S3OriginConfig }: Json): void => {
  const type = 'AWS::CloudFront::OriginAccessControl';
  const control = referred(templates, distribution, OriginAccessControlId, type, 'the origin access control');
  const {
    OriginAccessControlOriginType: of,
    SigningBehavior,
    SigningProtocol,
  } = control.Properties.OriginAccessControlConfig ?? {};
  if (!S3OriginConfig || of !== 's3' || SigningBehavior !== 'always' || SigningProtocol !== 'sigv4')
    broken(`${control.id} does not sign what a bucket is asked for`);
};

/** Whether a bucket lets the distributions of the account read what is in it. */
const admits = (templates: Templates, bucket: Place, account: string): boolean => {
  const name = `\${${bucket.stack}.${bucket.id}}`;
  const policy = only(
    allOf(templates, 'AWS::S3::BucketPolicy').filter(
      ({ stack, Properties }) => text(templates, stack, Properties.Bucket) === name,
    ),
    `policy of the bucket ${bucket.id}`,
  );
  const objects = `\${${bucket.stack}.${bucket.id}.Arn}/x.png`;
  const texts = (value: Json): string[] => [value].flat().map((each) => text(templates, policy.stack, each));
  return policy.Properties.PolicyDocument.Statement.some(
    ({ Effect, Principal, Action, Resource, Condition }: Json) =>
      Effect === 'Allow' &&
      Principal?.Service === 'cloudfront.amazonaws.com' &&
      texts(Action).includes('s3:GetObject') &&
      texts(Resource).some((resource) => isLike(resource, objects)) &&
      Condition?.StringEquals?.['aws:SourceAccount'] === account &&
      isLike(Condition?.ArnLike?.['aws:SourceArn'], `arn:aws:cloudfront::${account}:distribution/x`),
  );
};
