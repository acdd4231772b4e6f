import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnLogicallyAirGappedBackupVault } from 'aws-cdk-lib/aws-backup';
import type { CfnKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import type { RecoveryConfig } from '../config/environment';
import { acknowledgeNoCopy } from '../constructs/acknowledge';
import { LOCKED_DAYS, LONGEST_DAYS } from '../model/recovery';
import { backupVault } from '../constructs/backup-vault';
import { logBucket } from '../constructs/buckets';
import { assetsBucket, letElastiCacheExport, snapshotsBucket, uploadsBucket } from '../constructs/data-buckets';
import { emptyingLogs } from '../constructs/provider-logs';
import { removalPolicy } from '../constructs/removal-policy';
import { repositories } from '../constructs/repositories';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';

export interface RecoveryStackProps extends EnvironmentStackProps<
  'name' | 'cluster' | 'network' | 'redis' | 'uploads' | 'retainData' | 'retainLogs'
> {
  readonly recovery: RecoveryConfig;
}

/** Buckets that are replicated into the recovery region. */
export type ReplicatedBucket = 'uploads' | 'assets' | 'snapshots';

/** The copies, in the recovery region: what stands there before anything has to be recovered. */
export class RecoveryStack extends Stack {
  /** Opens the copies. */
  readonly keyArn: string;
  /** Names of the buckets. */
  readonly replicas: Readonly<Record<ReplicatedBucket, string>>;
  /** Name of the vault that has the copies of backups. */
  readonly vaultName: string;
  readonly vaultArn: string;
  /** The vault that belongs to AWS, which takes only what AWS Backup manages fully. Undefined where there is none. */
  readonly airGappedVaultArn: string | undefined;

  constructor(scope: Construct, id: string, props: RecoveryStackProps) {
    super(scope, id, props);
    const { recovery, config } = props;
    const { cluster, network, redis, uploads, retainData, retainLogs } = config;
    const identifier = identifierOf(config);
    const key = tierKey(this, 'Key', `Copies of ${identifier}`, retainData);
    this.keyArn = (key.node.defaultChild as CfnKey).attrArn;

    this.vaultName = identifier;
    const airGapped = `${identifier}-air-gapped`;
    backupVault(this, 'Vault', { name: this.vaultName, key, config: recovery, retainData });
    if (recovery.airGapped)
      new CfnLogicallyAirGappedBackupVault(this, 'AirGappedVault', {
        backupVaultName: airGapped,
        minRetentionDays: LOCKED_DAYS, // neither can change
        maxRetentionDays: LONGEST_DAYS,
      }).applyRemovalPolicy(removalPolicy(retainData));
    const arnOf = (resourceName: string) =>
      this.formatArn({
        service: 'backup',
        resource: 'backup-vault',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    this.vaultArn = arnOf(this.vaultName);
    this.airGappedVaultArn = recovery.airGapped ? arnOf(airGapped) : undefined;

    acknowledgeNoCopy(this, 'These are the copies');
    const logs = logBucket(this, 'Logs', retainLogs, network.flowLogRetentionDays);
    // Fixed names, for the other region cannot learn others before it makes its replication rules.
    const named = (name: string) => `${identifier}-${name}-${this.account}-${this.region}`;
    this.replicas = { uploads: named('uploads'), assets: named('assets'), snapshots: named('snapshots') };
    const shared = { logs, retainData };
    const snapshots = snapshotsBucket(this, 'Snapshots', {
      ...shared,
      bucketName: this.replicas.snapshots,
      days: redis.snapshotRetentionDays,
    });
    letElastiCacheExport(snapshots);
    const buckets = [
      uploadsBucket(this, 'Uploads', {
        ...shared,
        bucketName: this.replicas.uploads,
        key,
        noncurrentDays: uploads.noncurrentVersionDays,
      }),
      assetsBucket(this, 'Assets', { ...shared, bucketName: this.replicas.assets }),
      snapshots,
    ];
    emptyingLogs(this, 'EmptyingLogs', [logs, ...buckets], network.flowLogRetentionDays);
    repositories(this, { kubernetesVersion: cluster.kubernetesVersion, key, retainData });
  }
}
