import { Duration, Stack } from 'aws-cdk-lib';
import {
  BackupPlan,
  BackupPlanRule,
  BackupVault,
  CfnRestoreTestingPlan,
  type IBackupPlan,
} from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Role, ServicePrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { identifierOf } from '../config/derive/names';
import { windows } from '../config/derive/windows';
import type { RecoveryConfig } from '../config/environment';
import { BACKUP_WINDOW_HOURS } from '../model/recovery';
import { acknowledge, awsManagedPolicy } from '../constructs/acknowledge';
import type { Backups } from '../constructs/backup-selection';
import { backupVault } from '../constructs/backup-vault';
import { removalPolicy } from '../constructs/removal-policy';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { RecoveryStack } from './recovery-stack';

export interface BackupStackProps extends EnvironmentStackProps<'name' | 'quietHour' | 'retainData'> {
  readonly recovery: RecoveryConfig;
  readonly copies: Pick<RecoveryStack, 'vaultArn' | 'airGappedVaultArn'>;
}

/** Policies that AWS maintains for AWS Backup: https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html */
const READS = ['service-role/AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup'];

const RESTORES = ['service-role/AWSBackupServiceRolePolicyForRestores'];

/** Daily backups by AWS Backup, and their copies in the recovery region. Each stateful stack says itself what belongs to them. */
export class BackupStack extends Stack implements Backups {
  readonly plan: IBackupPlan;
  readonly airGappedPlan: IBackupPlan;
  readonly role: IRole;
  readonly trial: Backups['trial'];

  constructor(scope: Construct, id: string, props: BackupStackProps) {
    super(scope, id, props);
    const { config, recovery, copies } = props;
    const { quietHour, retainData } = config;
    const identifier = identifierOf(config);
    const deleteAfter = Duration.days(recovery.retentionDays);
    const quiet = windows(quietHour);
    const vault = backupVault(this, 'Vault', {
      name: identifier,
      key: tierKey(this, 'Key', `Backups of ${identifier}`, retainData),
      config: recovery,
      retainData,
    });
    const plan = (planId: string, backupPlanName: string, copiedTo: readonly string[]) =>
      new BackupPlan(this, planId, {
        backupPlanName,
        backupVault: vault,
        backupPlanRules: [
          new BackupPlanRule({
            ruleName: 'daily',
            scheduleExpression: Schedule.expression(quiet.copies),
            startWindow: Duration.hours(BACKUP_WINDOW_HOURS.start),
            completionWindow: Duration.hours(BACKUP_WINDOW_HOURS.start + BACKUP_WINDOW_HOURS.completion),
            deleteAfter,
            copyActions: copiedTo.map((arn, i) => ({
              destinationBackupVault: BackupVault.fromBackupVaultArn(this, `${planId}Copy${i}`, arn),
              deleteAfter,
            })),
          }),
        ],
      });
    const { vaultArn, airGappedVaultArn } = copies;
    this.plan = plan('Plan', identifier, [vaultArn]);
    this.airGappedPlan = airGappedVaultArn
      ? plan('AirGappedPlan', `${identifier}-air-gapped`, [vaultArn, airGappedVaultArn])
      : this.plan;
    this.role = this.roleWith('Role', READS, 'back resources up. It restores nothing', retainData);
    this.trial = {
      // A name of another form than all others: it has no hyphens.
      planName: new CfnRestoreTestingPlan(this, 'Trial', {
        restoreTestingPlanName: identifier.replaceAll('-', '_'),
        scheduleExpression: quiet.trial,
        startWindowHours: BACKUP_WINDOW_HOURS.start,
        recoveryPointSelection: {
          algorithm: 'LATEST_WITHIN_WINDOW',
          includeVaults: [vault.backupVaultArn],
          recoveryPointTypes: ['SNAPSHOT'],
          selectionWindowDays: 7,
        },
      }).ref,
      role: this.roleWith('TrialRole', RESTORES, 'restore backups', false),
    };
  }

  private roleWith(id: string, policies: readonly string[], purpose: string, retainData: boolean): Role {
    const role = new Role(this, id, {
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    // AWS Backup ends the life of a backup as the role of its selection.
    role.applyRemovalPolicy(removalPolicy(retainData));
    acknowledge(role, `What AWS Backup requires to ${purpose}, kept in step by AWS`, policies.map(awsManagedPolicy));
    return role;
  }
}
