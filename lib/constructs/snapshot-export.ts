import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { ScheduledFunction } from './scheduled-function';

export interface SnapshotExportProps {
  /** Id of the replication group. */
  readonly group: string;
  /** Name of the bucket. */
  readonly bucket: string;
  readonly logRetentionDays: RetentionDays;
}

/** Exports the newest automatic snapshot of Redis. Snapshots themselves stay in their region. */
export const exportSnapshots = (scope: Construct, id: string, props: SnapshotExportProps): void => {
  const { group, bucket, logRetentionDays } = props;
  const { account, region } = Stack.of(scope);
  const arn = (resource: string) => `arn:aws:elasticache:${region}:${account}:${resource}`;
  const snapshots = arn('snapshot:*');
  const arnOfBucket = `arn:aws:s3:::${bucket}`;
  const objects = `${arnOfBucket}/*`;
  const { role } = new ScheduledFunction(scope, id, {
    description: `Exports the newest snapshot of ${group}`,
    file: 'snapshot-export.py',
    environment: { GROUP: group, BUCKET: bucket },
    schedule: Schedule.rate(Duration.hours(1)), // it exports none twice, and tries again what was not finished
    statements: [
      new PolicyStatement({
        actions: ['elasticache:DescribeSnapshots'],
        resources: [arn(`replicationgroup:${group}`), snapshots],
      }),
      new PolicyStatement({ actions: ['elasticache:CopySnapshot'], resources: [snapshots] }),
      // ElastiCache asks what the caller may: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
      new PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:PutObject', 's3:GetObject', 's3:DeleteObject'],
        resources: [arnOfBucket, objects],
      }),
    ],
    logRetentionDays,
  });
  acknowledge(role, 'ElastiCache names its snapshots itself, and the list of buckets has no ARN', [
    'AwsSolutions-IAM5[Resource::*]',
    `AwsSolutions-IAM5[Resource::${snapshots}]`,
    `AwsSolutions-IAM5[Resource::${objects}]`,
  ]);
};
