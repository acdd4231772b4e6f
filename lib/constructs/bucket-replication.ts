import { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type CfnBucket, ReplicationTimeValue, type ReplicationRule } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { acrossRegions } from './across-regions';

/** The id of the rule, and of its metrics. */
export const REPLICATION_RULE = 'recovery';

/**
 * Replicates into a bucket of another region within 15 minutes, with delete markers: who goes to the copy sees what was there to see. S3
 * replicates no deletion of a version, so nobody who deletes versions here reaches those there. A bucket with a key of its own gives the
 * key of its copies.
 */
export const replicatedTo = (scope: Construct, id: string, name: string, keyArn?: string): ReplicationRule => ({
  id: REPLICATION_RULE,
  destination: Bucket.fromBucketAttributes(scope, id, { bucketName: name, account: Stack.of(scope).account }),
  replicationTimeControl: ReplicationTimeValue.FIFTEEN_MINUTES,
  metrics: ReplicationTimeValue.FIFTEEN_MINUTES,
  deleteMarkerReplication: true,
  ...(keyArn !== undefined && {
    sseKmsEncryptedObjects: true,
    kmsKey: Key.fromKeyArn(scope, `${id}Key`, acrossRegions(scope, keyArn)),
  }),
});

/** Accepts that the role which the library makes for the replication of a bucket reaches all its objects, and those of its copy. */
export const acknowledgeReplication = (bucket: Bucket, replica: string): void => {
  const role = bucket.node.findChild('ReplicationRole');
  acknowledge(role, 'S3 replicates every object of the bucket, and uses its key and that of the copies', [
    `AwsSolutions-IAM5[Resource::<${Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/*]`,
    `AwsSolutions-IAM5[Resource::arn:aws:s3:::${replica}/*]`,
    'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    'AwsSolutions-IAM5[Action::kms:ReEncrypt*]',
  ]);
};
