import { Duration } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { RecoveryConfig } from '../config/environment';
import { LOCKED_DAYS } from '../model/recovery';
import { removalPolicy } from './removal-policy';

export interface BackupVaultProps {
  readonly name: string;
  readonly key: IKey;
  readonly config: Pick<RecoveryConfig, 'vaultLock'>;
  readonly retainData: boolean;
}

/** AWS takes no lock of compliance that begins earlier: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html */
const GRACE_DAYS = 3;

/** A vault of AWS Backup from which nobody deletes a backup before its end. With a lock, not even those who may change the vault. */
export const backupVault = (scope: Construct, id: string, props: BackupVaultProps): BackupVault => {
  const { name, key, retainData } = props;
  const { vaultLock } = props.config;
  return new BackupVault(scope, id, {
    backupVaultName: name,
    encryptionKey: key,
    blockRecoveryPointDeletion: retainData,
    ...(vaultLock && {
      lockConfiguration: {
        minRetention: Duration.days(LOCKED_DAYS),
        ...(vaultLock === 'compliance' && { changeableFor: Duration.days(GRACE_DAYS) }),
      },
    }),
    removalPolicy: removalPolicy(retainData),
  });
};
