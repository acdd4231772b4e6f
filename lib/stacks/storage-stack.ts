import { Stack } from 'aws-cdk-lib';
import { BackupResource } from 'aws-cdk-lib/aws-backup';
import { ServicePrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeNoCopy, NO_COPIES } from '../constructs/acknowledge';
import { identifierOf } from '../config/derive/names';
import { backUp, type Backups } from '../constructs/backup-selection';
import { acknowledgeReplication, replicatedTo } from '../constructs/bucket-replication';
import { logBucket } from '../constructs/buckets';
import {
  assetsBucket,
  letElastiCacheExport,
  notifyEventBridge,
  snapshotsBucket,
  uploadsBucket,
} from '../constructs/data-buckets';
import { emptyingLogs } from '../constructs/provider-logs';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { RecoveryStack } from './recovery-stack';

export interface StorageStackProps extends EnvironmentStackProps<
  'name' | 'network' | 'uploads' | 'redis' | 'retainData' | 'retainLogs'
> {
  /** Where copies go. @default - nowhere */
  readonly recovery: Pick<RecoveryStack, 'keyArn' | 'replicas'> | undefined;
  readonly backup: Backups | undefined;
}

/** Where load balancers of the account may write: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const LOAD_BALANCER_LOGS = 'load-balancer';

/** The buckets that data needs. Stateful: knows nothing of who uses it. */
export class StorageStack extends Stack {
  /** Uploads of tenants, each under the prefix `tenant-ID/`. */
  readonly uploads: IBucket;
  /** Its name, as a reference that holds nothing can read it. */
  readonly uploadsName: string;
  /** Static files of the web application, below `assets/`; the world sees them through CloudFront. */
  readonly assets: IBucket;
  /** Name of the bucket with snapshots of Redis as files. Undefined where nothing is copied. */
  readonly snapshotsName: string | undefined;
  /** Access logs: `s3/uploads/`, `s3/assets/`, `s3/snapshots/`, `load-balancer/`. */
  readonly logs: IBucket;

  constructor(scope: Construct, id: string, props: StorageStackProps) {
    super(scope, id, props);
    const { network, uploads, redis, retainData, retainLogs } = props.config;
    const { recovery, backup } = props;
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

    const shared = { logs, retainData };
    const key = tierKey(this, 'Key', 'Uploads of tenants', retainData);
    const uploadsStored = uploadsBucket(this, 'Uploads', {
      ...shared,
      key,
      noncurrentDays: uploads.noncurrentVersionDays,
      ...(recovery && {
        replicationRules: [replicatedTo(this, 'UploadsReplica', recovery.replicas.uploads, recovery.keyArn)],
      }),
    });
    const assets = assetsBucket(this, 'Assets', {
      ...shared,
      ...(recovery && { replicationRules: [replicatedTo(this, 'AssetsReplica', recovery.replicas.assets)] }),
    });
    // A fixed name: nothing imports it, so it can go when nothing is copied any longer.
    const bucketName = `${identifierOf(props.config)}-snapshots-${this.account}-${this.region}`;
    this.snapshotsName = recovery && bucketName;
    const snapshots =
      recovery && this.snapshots(recovery, { ...shared, bucketName, days: redis.snapshotRetentionDays });
    if (!recovery) acknowledgeNoCopy(this, NO_COPIES);
    if (recovery) {
      acknowledgeReplication(uploadsStored, recovery.replicas.uploads);
      acknowledgeReplication(assets, recovery.replicas.assets);
    }
    if (backup) {
      notifyEventBridge(uploadsStored);
      backUp(this, 'UploadsBackup', { plan: backup.airGappedPlan, role: backup.role }, [
        BackupResource.fromArn(uploadsStored.bucketArn),
      ]);
    }
    this.letCloudFrontRead(assets);

    this.logs = logs;
    this.uploads = uploadsStored;
    this.uploadsName = (uploadsStored.node.defaultChild as CfnBucket).ref;
    this.assets = assets;
    emptyingLogs(
      this,
      'EmptyingLogs',
      [logs, uploadsStored, assets, ...(snapshots ? [snapshots] : [])],
      logRetentionDays,
    );
  }

  /** Where ElastiCache exports snapshots, and from where they are replicated. */
  private snapshots(
    { replicas }: Pick<RecoveryStack, 'replicas'>,
    props: Parameters<typeof snapshotsBucket>[2],
  ): Bucket {
    const bucket = snapshotsBucket(this, 'Snapshots', {
      ...props,
      replicationRules: [replicatedTo(this, 'SnapshotsReplica', replicas.snapshots)],
    });
    letElastiCacheExport(bucket);
    acknowledgeReplication(bucket, replicas.snapshots);
    return bucket;
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
