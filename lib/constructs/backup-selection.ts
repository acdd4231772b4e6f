import {
  BackupSelection,
  CfnRestoreTestingSelection,
  type BackupResource,
  type IBackupPlan,
} from 'aws-cdk-lib/aws-backup';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** The plan and the roles that back resources up. */
export interface Backups {
  /** When, how long, and into which vaults. */
  readonly plan: IBackupPlan;
  /** The same, and into the air-gapped vault too, where there is one. */
  readonly airGappedPlan: IBackupPlan;
  /** As which AWS Backup reads them. */
  readonly role: IRole;
  /** When backups are restored on trial: the name of the plan, and as whom. */
  readonly trial: { readonly planName: string; readonly role: IRole };
}

/**
 * Has AWS Backup back resources up. Each is named: of those that a tag names, nobody sees in a review which they are, and AWS Backup asks
 * whether the account has switched its type on.
 */
export const backUp = (
  scope: Construct,
  id: string,
  { plan, role }: Pick<Backups, 'plan' | 'role'>,
  resources: BackupResource[],
): void => {
  new BackupSelection(scope, id, { backupPlan: plan, role, disableDefaultBackupPolicy: true, resources });
};

export interface RestoreTrialProps {
  /** Letters, digits and underscores. */
  readonly name: string;
  /** As AWS Backup names it, e.g. `RDS`. */
  readonly type: string;
  readonly arn: string;
  /** Metadata that AWS Backup cannot infer: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html */
  readonly overrides: Readonly<Record<string, string>>;
}

/** Has AWS Backup restore the newest backup of a resource on trial, and delete what it restored an hour later. */
export const restoreOnTrial = (scope: Construct, id: string, { trial }: Backups, props: RestoreTrialProps): void => {
  const { name, type, arn, overrides } = props;
  new CfnRestoreTestingSelection(scope, id, {
    restoreTestingPlanName: trial.planName,
    restoreTestingSelectionName: name,
    iamRoleArn: trial.role.roleArn,
    protectedResourceType: type,
    protectedResourceArns: [arn],
    restoreMetadataOverrides: overrides,
    validationWindowHours: 1,
  });
};
