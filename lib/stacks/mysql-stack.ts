import { Stack } from 'aws-cdk-lib';
import { BackupResource } from 'aws-cdk-lib/aws-backup';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { DATABASES } from '../model/services';
import { windows } from '../config/derive/windows';
import { acknowledgeNoCopy, NO_COPIES } from '../constructs/acknowledge';
import { acrossRegions } from '../constructs/across-regions';
import { backUp, restoreOnTrial, type Backups } from '../constructs/backup-selection';
import { Mysql } from '../constructs/mysql';
import { Rotation } from '../constructs/rotation';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { NetworkStack } from './network-stack';
import type { RecoveryStack } from './recovery-stack';

export interface MysqlStackProps extends EnvironmentStackProps<
  'name' | 'mysql' | 'quietHour' | 'deletionProtection' | 'retainData' | 'retainLogs'
> {
  readonly network: Pick<NetworkStack, 'vpc'>;
  /** Where copies go. @default - nowhere */
  readonly recovery: Pick<RecoveryStack, 'keyArn' | 'region'> | undefined;
  readonly backup: Backups | undefined;
}

/** The database. Stateful: knows nothing of who uses it. */
export class MysqlStack extends Stack {
  readonly mysql: Mysql;

  constructor(scope: Construct, id: string, props: MysqlStackProps) {
    super(scope, id, props);
    const { config, network, recovery, backup } = props;
    const { deletionProtection, retainData, retainLogs } = config;
    const identifier = identifierOf(config);
    const quiet = windows(config.quietHour);
    this.mysql = new Mysql(this, 'Mysql', {
      vpc: network.vpc,
      config: config.mysql,
      identifier,
      databases: DATABASES,
      windows: quiet,
      key: tierKey(this, 'Key', `MySQL of ${identifier}`, retainData),
      replication: recovery && { region: recovery.region, keyArn: acrossRegions(this, recovery.keyArn) },
      deletionProtection,
      retainData,
      retainLogs,
    });
    // Of the replicas, RDS makes no backups: their data is the primary's.
    if (!backup) acknowledgeNoCopy(this, NO_COPIES);
    if (backup) {
      backUp(this, 'Backup', backup, [BackupResource.fromRdsDatabaseInstance(this.mysql.primary)]);
      // Nothing reaches what is restored on trial.
      const unreachable = new SecurityGroup(this, 'Trial', {
        vpc: network.vpc,
        description: 'Databases restored on trial',
        allowAllOutbound: false,
      });
      restoreOnTrial(this, 'RestoreTrial', backup, {
        name: 'mysql',
        type: 'RDS',
        arn: this.mysql.primary.instanceArn,
        overrides: {
          dbSubnetGroupName: this.mysql.subnetGroup.subnetGroupName,
          vpcSecurityGroupIds: this.toJsonString([unreachable.securityGroupId]),
        },
      });
    }
    new Rotation(this, 'MasterRotation', {
      secret: this.mysql.masterSecret,
      database: this.mysql,
      vpc: network.vpc,
      functionName: `${identifier}-rotate-master`,
      schedule: quiet.rotation,
      logRetentionDays: config.mysql.logRetentionDays,
    });
  }
}
