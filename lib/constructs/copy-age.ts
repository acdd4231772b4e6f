import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { BACKED_UP_TYPES, COPY_AGE } from '../model/recovery';
import { acknowledge } from './acknowledge';
import { REPLICATION_RULE } from './bucket-replication';
import { ScheduledFunction } from './scheduled-function';

export interface CopyAgeProps {
  /** Name of the instance, the replication group and the vault. */
  readonly identifier: string;
  readonly recoveryRegion: string;
  /** Name of the bucket of uploads, and of the buckets of the copies. */
  readonly uploads: string;
  readonly replicas: { readonly uploads: string; readonly snapshots: string };
  readonly logRetentionDays: RetentionDays;
}

/**
 * Measures how old the newest copy of each tier is in the recovery region. AWS has a metric of jobs that failed, and none of jobs that
 * nobody started.
 */
export const measureCopies = (scope: Construct, id: string, props: CopyAgeProps): void => {
  const { identifier, recoveryRegion, uploads, replicas, logRetentionDays } = props;
  const { account } = Stack.of(scope);
  const { namespace, metricName, everyMinutes } = COPY_AGE;
  const away = (service: string, resource: string) => `arn:aws:${service}:${recoveryRegion}:${account}:${resource}`;
  const replicated = away('rds', 'auto-backup:*');
  const allowed: Readonly<Record<string, readonly string[]>> = {
    [replicated]: ['rds:DescribeDBInstanceAutomatedBackups'],
    [away('rds', `db:${identifier}`)]: ['rds:DescribeDBInstanceAutomatedBackups'],
    [away('backup', `backup-vault:${identifier}`)]: [
      'backup:DescribeBackupVault',
      'backup:ListRecoveryPointsByBackupVault',
    ],
    [`arn:aws:s3:::${replicas.snapshots}`]: ['s3:ListBucket'],
  };
  const { role } = new ScheduledFunction(scope, id, {
    description: `Measures how old the copies of ${identifier} are in ${recoveryRegion}`,
    file: 'copy-age.py',
    environment: {
      IDENTIFIER: identifier,
      NAMESPACE: namespace,
      METRIC: metricName,
      RECOVERY_REGION: recoveryRegion,
      SNAPSHOTS: replicas.snapshots,
      UPLOADS: uploads,
      REPLICA: replicas.uploads,
      RULE: REPLICATION_RULE,
      BACKED_UP: BACKED_UP_TYPES.join(),
    },
    schedule: Schedule.rate(Duration.minutes(everyMinutes)),
    statements: [
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
      }),
      new PolicyStatement({
        actions: ['cloudwatch:GetMetricStatistics'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': recoveryRegion } },
      }),
      ...Object.entries(allowed).map(
        ([resource, actions]) => new PolicyStatement({ actions: [...actions], resources: [resource] }),
      ),
    ],
    logRetentionDays,
  });
  acknowledge(role, 'Metrics have no ARN: conditions name their namespace or region. RDS names its copies itself', [
    'AwsSolutions-IAM5[Resource::*]',
    `AwsSolutions-IAM5[Resource::${replicated}]`,
  ]);
};
