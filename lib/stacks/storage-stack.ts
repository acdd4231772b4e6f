import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { ServicePrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type BucketProps,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { UploadsConfig } from '../config/environment';
import { acknowledge } from '../constructs/acknowledge';
import { providerLogs } from '../constructs/provider-logs';
import { removal } from '../constructs/removal';
import { tierKey } from '../constructs/tier-key';

export interface StorageStackProps extends StackProps {
  readonly uploads: UploadsConfig;
  /** Days that access logs are kept. */
  readonly logRetentionDays: number;
  readonly retainData: boolean;
  readonly retainLogs: boolean;
}

/** Where load balancers of the account may write: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const LOAD_BALANCER_LOGS = 'load-balancer';

/** What all buckets have in common: nobody from outside, nothing in clear, nothing lost by overwriting. */
const closed = (retain: boolean): BucketProps => ({
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
  removalPolicy: removal(retain),
  autoDeleteObjects: !retain,
});

/** The buckets that data needs. Stateful: knows nothing of who uses it. */
export class StorageStack extends Stack {
  /** What tenants upload, each under the prefix `tenant-ID/`. */
  readonly uploads: IBucket;
  /** Access logs: `s3/uploads/`, `load-balancer/`. */
  readonly logs: IBucket;

  constructor(scope: Construct, id: string, stackProps: StorageStackProps) {
    const { uploads, logRetentionDays, retainData, retainLogs, ...props } = stackProps;
    super(scope, id, props);
    const logs = new Bucket(this, 'Logs', {
      ...closed(retainLogs),
      encryption: BucketEncryption.S3_MANAGED, // load balancers write to no bucket with a key of its own
      lifecycleRules: [
        {
          expiration: Duration.days(logRetentionDays),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
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
    acknowledge(logs, 'Logs of the access to the logs would have no end', ['AwsSolutions-S1']);

    const uploadsBucket = new Bucket(this, 'Uploads', {
      ...closed(retainData),
      encryption: BucketEncryption.KMS,
      encryptionKey: tierKey(this, 'Uploads of tenants', retainData),
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
    this.logs = logs;
    this.uploads = uploadsBucket;

    const emptied = [logs, uploadsBucket].flatMap(
      ({ node }) => node.tryFindChild('AutoDeleteObjectsCustomResource') ?? [],
    );
    if (emptied.length > 0)
      providerLogs(this, 'EmptyingLogs', {
        type: 'Custom::S3AutoDeleteObjects',
        resources: emptied,
        retention: logRetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      });
  }
}
