import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OWNED_PROPERTIES } from '../model/owned-properties';
import { actions as READ_ACTIONS } from '../model/read-actions.json';
import { acknowledge } from './acknowledge';

export interface DriftCheckProps {
  /** Beginning of the names of the stacks: `platform-prod`. */
  readonly identifier: string;
  /** Name of the function, unique in account and region. */
  readonly functionName: string;
  /** When it looks, e.g. `cron(0 21 * * ? *)`. */
  readonly schedule: string;
  /** The stacks to look at, asked for at the end of the synthesis: some are made later. */
  readonly stacks: () => readonly Stack[];
  /** Days that the logs of the function are kept. */
  readonly logRetentionDays: RetentionDays;
}

/** Actions by which it detects drift. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
const DETECTS = [
  'cloudformation:DetectStackDrift',
  'cloudformation:DetectStackResourceDrift',
  'cloudformation:DescribeStackResourceDrifts',
];

/** The code of the function as it runs. */
const driftCheckCode = (): string => readFileSync(join(__dirname, 'drift-check.py'), 'utf8');

/**
 * A function that looks each day for resources that are not as their stacks say, and fails if there are any.
 *
 * The rule cloudformation-stack-drift-detection-check of AWS Config would need its recorder in each region, ends after 15 minutes for all
 * stacks of an account, and takes what the autoscaler of nodes changes for drift.
 */
export class DriftCheck extends Construct {
  constructor(scope: Construct, id: string, props: DriftCheckProps) {
    super(scope, id);
    const { identifier, functionName, schedule, stacks, logRetentionDays } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const ofEnvironment = `cloudformation:*:${Stack.of(this).account}:stack/${identifier}-*/*`;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: DETECTS,
        resources: [`arn:${Aws.PARTITION}:${ofEnvironment}`],
      }),
    );
    // CloudFormation reads the resources with the rights of its caller, and a detection has no ARN.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudformation:DescribeStackDriftDetectionStatus', ...READ_ACTIONS],
        resources: ['*'],
      }),
    );
    const looks = new Function(this, 'Function', {
      functionName,
      description: 'Looks for resources that are not as their stacks say',
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline(driftCheckCode()),
      timeout: Duration.minutes(15),
      environment: {
        OWNED: JSON.stringify(
          OWNED_PROPERTIES.map(({ type, path, difference }) => ({ type, path: path.source, difference })),
        ),
        STACKS: Lazy.string({
          produce: () => JSON.stringify(stacks().map(({ stackName: name, region }) => ({ name, region }))),
        }),
      },
      role,
      logGroup,
    });
    acknowledge(looks, 'The newest Python that every region has', ['AwsSolutions-L1']);
    acknowledge(role, 'It reads every type of the platform, and nothing of a secret', [
      'AwsSolutions-IAM5[Resource::*]',
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${ofEnvironment}]`,
    ]);
    new Rule(this, 'Rule', {
      description: 'Looks once a day for resources that are not as their stacks say',
      schedule: Schedule.expression(schedule),
      targets: [new LambdaFunction(looks)],
    });
  }
}
