import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface ScheduledFunctionProps {
  /** A sentence for the lists of functions and rules. */
  readonly description: string;
  /** File beside this one with `handler(event, context)`, of at most 4096 characters. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly schedule: Schedule;
  readonly statements: readonly PolicyStatement[];
  readonly logRetentionDays: RetentionDays;
  /** Its name, unique in account and region. @default - CloudFormation makes one */
  readonly functionName?: string;
  /** @default - a minute */
  readonly timeout?: Duration;
}

/** The code of a function as it runs. */
export const scheduledCode = (file: string): string => readFileSync(join(__dirname, file), 'utf8');

/** A few lines of Python in the template that run on a schedule. Where it fails, Lambda tries twice more within minutes. */
export class ScheduledFunction extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ScheduledFunctionProps) {
    super(scope, id);
    const { description, file, environment, schedule, statements, logRetentionDays, functionName } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      ...(functionName !== undefined && { logGroupName: `/aws/lambda/${functionName}` }),
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    for (const statement of statements) this.role.addToPolicy(statement);
    const scheduled = new Function(this, 'Function', {
      ...(functionName !== undefined && { functionName }),
      description,
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline(scheduledCode(file)),
      timeout: props.timeout ?? Duration.minutes(1),
      environment: { ...environment },
      role: this.role,
      logGroup,
    });
    acknowledge(scheduled, 'The newest Python that every region has', ['AwsSolutions-L1']);
    new Rule(this, 'Schedule', { description, schedule, targets: [new LambdaFunction(scheduled)] });
  }
}
