import { Duration } from 'aws-cdk-lib';
import { ServicePrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, CfnBucket, type BucketProps, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { privateBucketProps } from './buckets';

export interface DataBucketProps extends Pick<BucketProps, 'bucketName' | 'replicationRules'> {
  /** Where its access logs go, below `s3/`. */
  readonly logs: IBucket;
  readonly retainData: boolean;
}

/** Days in which a file that was overwritten or deleted can be brought back. */
const ASSETS_NONCURRENT_DAYS = 30;

const cleaning = (noncurrentDays: number) => ({
  noncurrentVersionExpiration: Duration.days(noncurrentDays),
  abortIncompleteMultipartUploadAfter: Duration.days(7),
  expiredObjectDeleteMarker: true,
});

/** Uploads of tenants, each under the prefix `tenant-ID/`. */
export const uploadsBucket = (
  scope: Construct,
  id: string,
  { logs, retainData, key, noncurrentDays, ...more }: DataBucketProps & { key: IKey; noncurrentDays: number },
): Bucket =>
  new Bucket(scope, id, {
    ...privateBucketProps(retainData),
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 's3/uploads/',
    lifecycleRules: [cleaning(noncurrentDays)],
    ...more,
  });

/** Static files of the web application, below `assets/`. */
export const assetsBucket = (scope: Construct, id: string, { logs, retainData, ...more }: DataBucketProps): Bucket =>
  new Bucket(scope, id, {
    ...privateBucketProps(retainData),
    encryption: BucketEncryption.S3_MANAGED, // everybody may read the files
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 's3/assets/',
    lifecycleRules: [cleaning(ASSETS_NONCURRENT_DAYS)],
    ...more,
  });

/** Snapshots of Redis as files, each gone after some days. */
export const snapshotsBucket = (
  scope: Construct,
  id: string,
  { logs, retainData, days, ...more }: DataBucketProps & { days: number },
): Bucket =>
  new Bucket(scope, id, {
    ...privateBucketProps(retainData),
    encryption: BucketEncryption.S3_MANAGED, // ElastiCache writes and reads them as a service, which no key of ours knows
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 's3/snapshots/',
    lifecycleRules: [{ ...cleaning(1), expiration: Duration.days(days), expiredObjectDeleteMarker: undefined }],
    ...more,
  });

/**
 * Lets ElastiCache, in whose documentation the statement has no condition, write snapshots into a bucket of its region, and read them to fill a
 * new cache: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
 */
export const letElastiCacheExport = (bucket: Bucket): void => {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Snapshots',
      principals: [new ServicePrincipal(`${bucket.env.region}.elasticache-snapshot.amazonaws.com`)],
      actions: [
        's3:PutObject',
        's3:GetObject',
        's3:ListBucket',
        's3:GetBucketAcl',
        's3:ListMultipartUploadParts',
        's3:ListBucketMultipartUploads',
      ],
      resources: [bucket.bucketArn, bucket.arnForObjects('*')],
    }),
  );
};

/**
 * Has a bucket tell EventBridge of its objects, which AWS Backup needs for S3:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html. By the property of the bucket: the library would do it by
 * a function, and AWS Backup behind CloudFormation's back.
 */
export const notifyEventBridge = (bucket: Bucket): void => {
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
};
