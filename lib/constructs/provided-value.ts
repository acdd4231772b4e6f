import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface ProvidedValueProps {
  /** Secret that a person gives its value. */
  readonly secret: { readonly name: string; readonly arn: string };
  readonly logRetentionDays: RetentionDays;
}

/** Stops a deployment, saying what to do, while a secret has no value. It sees whether there is one, not what it is. */
export class ProvidedValue extends Construct {
  constructor(scope: Construct, id: string, { secret, logRetentionDays }: ProvidedValueProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:DescribeSecret'], resources: [secret.arn] }));
    const check = new Function(this, 'Function', {
      description: `Whether ${secret.name} has a value`,
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline(readFileSync(join(__dirname, 'provided-value.py'), 'utf8')),
      timeout: Duration.seconds(30),
      role,
      logGroup,
    });
    acknowledge(check, 'The newest Python that every region has', ['AwsSolutions-L1']);
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::ProvidedValue',
      serviceToken: check.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { Name: secret.name },
    });
  }
}
