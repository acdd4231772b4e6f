import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts findings of a policy check on a construct and what is below it. The reason is for the reviewer. */
export const acknowledge = (construct: IConstruct, reason: string, ids: readonly string[]): void =>
  Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));

/** Accepts that a bucket or a database is not copied. */
export const acknowledgeNoCopy = (construct: IConstruct, reason: string): void =>
  acknowledge(construct, reason, ['NIST.800.53.R5-S3BucketReplicationEnabled', 'NIST.800.53.R5-RDSInBackupPlan']);

/** The reason where an environment has no copies. */
export const NO_COPIES = 'The configuration spares copies: losing this environment is acceptable';

/** The finding of cdk-nag on the use of a policy that AWS maintains, e.g. `service-role/AmazonRDSEnhancedMonitoringRole`. */
export const awsManagedPolicy = (name: string): string =>
  `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;
