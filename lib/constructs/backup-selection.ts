import { BackupSelection, type BackupResource, type IBackupPlan } from 'aws-cdk-lib/aws-backup';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What backs resources up. */
export interface Backups {
  /** When, how long, and into which vaults. */
  readonly plan: IBackupPlan;
  /** As which AWS Backup reads them. */
  readonly role: IRole;
}

/**
 * Has AWS Backup back resources up. Each is named: of those that a tag names, nobody sees in a review which they are, and AWS Backup asks
 * whether the account has switched its type on.
 */
export const backUp = (scope: Construct, id: string, { plan, role }: Backups, resources: BackupResource[]): void => {
  new BackupSelection(scope, id, { backupPlan: plan, role, disableDefaultBackupPolicy: true, resources });
};
