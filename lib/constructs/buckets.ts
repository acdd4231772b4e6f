import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, type BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeNoCopy } from './acknowledge';
import { removalPolicy } from './removal-policy';

/** Properties of all buckets: no public access, only TLS, and versions of overwritten objects. */
export const privateBucketProps = (retain: boolean): BucketProps => ({
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
  removalPolicy: removalPolicy(retain),
  autoDeleteObjects: !retain,
});

/** A bucket for logs, kept for some days. */
export const logBucket = (scope: Construct, id: string, retain: boolean, days: number): Bucket => {
  const bucket = new Bucket(scope, id, {
    ...privateBucketProps(retain),
    encryption: BucketEncryption.S3_MANAGED, // load balancers write to no bucket with a key of its own
    lifecycleRules: [
      {
        expiration: Duration.days(days),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  acknowledge(bucket, 'Logs of the access to the logs would have no end', ['AwsSolutions-S1']);
  acknowledgeNoCopy(bucket, 'Logs are history: nothing reads them to go on');
  return bucket;
};
