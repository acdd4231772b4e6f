import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { InlineResource } from './inline-resource';

export interface ProvidedValueProps {
  /** Secret that a person gives its value. */
  readonly secret: { readonly name: string; readonly arn: string };
  readonly logRetentionDays: RetentionDays;
}

/** Stops a deployment, saying what to do, while a secret has no value. It sees whether there is one, not what it is. */
export class ProvidedValue extends InlineResource {
  constructor(scope: Construct, id: string, { secret, logRetentionDays }: ProvidedValueProps) {
    super(scope, id, {
      description: `Fails the deployment if ${secret.name} has no value`,
      file: 'provided-value.py',
      resourceType: 'Custom::ProvidedValue',
      properties: { Name: secret.name },
      allowed: { actions: ['secretsmanager:DescribeSecret'], resource: secret.arn },
      logRetentionDays,
    });
  }
}
