import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface InlineResourceProps {
  /** The description of the function, for the list of functions. */
  readonly description: string;
  /** File beside this one that defines `act(properties)`, which may raise: the deployment fails with its message. */
  readonly file: string;
  readonly resourceType: `Custom::${string}`;
  /** The arguments of `act`, which runs whenever they change. `Name` tells one resource of the type from another. */
  readonly properties: Readonly<Record<string, string>> & { readonly Name: string };
  /** Permissions of the function. */
  readonly allowed: { readonly actions: readonly string[]; readonly resource: string };
  readonly logRetentionDays: RetentionDays;
}

const read = (file: string) => readFileSync(join(__dirname, file), 'utf8');

/** The function as it runs: its work, and the answer to CloudFormation. */
export const inlineCode = (file: string): string => `${read(file)}\n\n${read('inline-resource.py')}`;

/** A custom resource whose function is a few lines of Python in the template. Its deletion does nothing. */
export class InlineResource extends Construct {
  constructor(scope: Construct, id: string, props: InlineResourceProps) {
    const { description, file, resourceType, properties, allowed, logRetentionDays } = props;
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(new PolicyStatement({ actions: [...allowed.actions], resources: [allowed.resource] }));
    const provider = new Function(this, 'Function', {
      description,
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline(inlineCode(file)),
      timeout: Duration.seconds(30),
      role,
      logGroup,
    });
    acknowledge(provider, 'The newest Python that every region has', ['AwsSolutions-L1']);
    new CustomResource(this, 'Resource', {
      resourceType,
      serviceToken: provider.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties,
    });
  }
}
