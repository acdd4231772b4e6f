import type { EnvironmentConfig } from '../../lib/config/environment';
import type { Origin } from '../../rehearsal/src/drills/request-path';
import { attempt, isLike } from '../../rehearsal/src/drills/walk';
import { allOf, nameOf, target, text, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { broken, only, referred } from './links';

/** The bucket of an origin, if it has one, and why the distribution cannot read it: it must sign, and the bucket admit it. */
export const bucketOf = (
  templates: Templates,
  { account, region }: Pick<EnvironmentConfig, 'account' | 'region'>,
  distribution: Place,
  origin: Json,
): Pick<Origin, 'bucket' | 'unreadable'> => {
  const bucket = target(templates, distribution.stack, origin.DomainName);
  if (bucket?.Type !== 'AWS::S3::Bucket') return { bucket: null, unreadable: null };
  const { fault: unreadable = null } = attempt(() => {
    const addresses = [`${nameOf(bucket)}.s3.${region}.amazonaws.com`, nameOf(bucket, 'RegionalDomainName')];
    const address = text(templates, distribution.stack, origin.DomainName);
    if (!addresses.includes(address)) broken(`the origin ${origin.Id} asks ${address}, not ${addresses[0]}`);
    assertSigned(templates, distribution, origin);
    if (!admits(templates, bucket, account))
      broken(`no policy of ${bucket.id} lets the distributions of the account read`);
  });
  return { bucket: bucket.id.replace(/.{8}$/, '').toLowerCase(), unreadable };
};

const assertSigned = (
  templates: Templates,
  distribution: Place,
  { OriginAccessControlId, S3OriginConfig }: Json,
): void => {
  const type = 'AWS::CloudFront::OriginAccessControl';
  const control = referred(templates, distribution, OriginAccessControlId, type, 'the origin access control');
  const { OriginAccessControlOriginType: of, ...signs } = control.Properties.OriginAccessControlConfig ?? {};
  if (!S3OriginConfig || of !== 's3' || signs.SigningBehavior !== 'always' || signs.SigningProtocol !== 'sigv4')
    broken(`${control.id} does not sign what a bucket is asked for`);
};

/** Whether a bucket lets the distributions of the account read what is in it. */
const admits = (templates: Templates, bucket: Place, account: string): boolean => {
  const policy = only(
    allOf(templates, 'AWS::S3::BucketPolicy').filter(
      ({ stack, Properties }) => text(templates, stack, Properties.Bucket) === nameOf(bucket),
    ),
    `policy of the bucket ${bucket.id}`,
  );
  const objects = `${nameOf(bucket, 'Arn')}/x.png`;
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
