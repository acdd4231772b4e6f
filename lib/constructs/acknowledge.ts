import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts findings of a policy check on a construct and what is below it. The reason is for the reviewer. */
export const acknowledge = (construct: IConstruct, reason: string, ids: readonly string[]): void =>
  Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));

/** The finding of cdk-nag on the use of a policy that AWS maintains, e.g. `service-role/AmazonRDSEnhancedMonitoringRole`. */
export const awsManagedPolicy = (name: string): string =>
  `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;
