import { Duration, Stack } from 'aws-cdk-lib';
import { ServicePrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { privateBucketProps, logBucket } from '../constructs/buckets';
import { emptyingLogs } from '../constructs/provider-logs';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';

export type StorageStackProps = EnvironmentStackProps<'network' | 'uploads' | 'retainData' | 'retainLogs'>;

/** Where load balancers of the account may write: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const LOAD_BALANCER_LOGS = 'load-balancer';

/** Days in which a file that was overwritten or deleted can be brought back. */
const ASSETS_NONCURRENT_DAYS = 30;

/** The buckets that data needs. Stateful: knows nothing of who uses it. */
export class StorageStack extends Stack {
  /** Uploads of tenants, each under the prefix `tenant-ID/`. */
  readonly uploads: IBucket;
  /** Static files of the web application, below `assets/`; the world sees them through CloudFront. */
  readonly assets: IBucket;
  /** Access logs: `s3/uploads/`, `s3/assets/`, `load-balancer/`. */
  readonly logs: IBucket;

  constructor(scope: Construct, id: string, props: StorageStackProps) {
    super(scope, id, props);
    const { network, uploads, retainData, retainLogs } = props.config;
    const logRetentionDays = network.flowLogRetentionDays;
    const logs = logBucket(this, 'Logs', retainLogs, logRetentionDays);
    logs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [logs.arnForObjects(`${LOAD_BALANCER_LOGS}/AWSLogs/${this.account}/*`)],
        conditions: {
          ArnLike: {
            'aws:SourceArn': this.formatArn({
              service: 'elasticloadbalancing',
              resource: 'loadbalancer',
              resourceName: '*',
            }),
          },
        },
      }),
    );

    const uploadsBucket = new Bucket(this, 'Uploads', {
      ...privateBucketProps(retainData),
      encryption: BucketEncryption.KMS,
      encryptionKey: tierKey(this, 'Key', 'Uploads of tenants', retainData),
      bucketKeyEnabled: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 's3/uploads/',
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(uploads.noncurrentVersionDays),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          expiredObjectDeleteMarker: true,
        },
      ],
    });

    const assets = new Bucket(this, 'Assets', {
      ...privateBucketProps(retainData),
      encryption: BucketEncryption.S3_MANAGED, // everybody may read the files
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 's3/assets/',
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(ASSETS_NONCURRENT_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          expiredObjectDeleteMarker: true,
        },
      ],
    });
    this.letCloudFrontRead(assets);

    this.logs = logs;
    this.uploads = uploadsBucket;
    this.assets = assets;
    emptyingLogs(this, 'EmptyingLogs', [logs, uploadsBucket, assets], logRetentionDays);
  }

  /** Any distribution of the account: one by its id would need this stack first, and this stack it. */
  private letCloudFrontRead(bucket: Bucket) {
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject', 's3:ListBucket'], // without s3:ListBucket, S3 answers "forbidden" for missing files
        resources: [bucket.bucketArn, bucket.arnForObjects('*')],
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:cloudfront::${this.account}:distribution/*` },
        },
      }),
    );
  }
}
