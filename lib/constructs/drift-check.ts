import { Aws, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { OWNED_PROPERTIES } from '../model/owned-properties';
import { actions as READ_ACTIONS } from '../model/read-actions.json';
import { acknowledge } from './acknowledge';
import { ScheduledFunction } from './scheduled-function';

export interface DriftCheckProps {
  /** Beginning of the names of the stacks: `platform-prod`. */
  readonly identifier: string;
  /** Name of the function, unique in account and region. */
  readonly functionName: string;
  /** When it looks, e.g. `cron(0 22 * * ? *)`. */
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

/**
 * A function that looks each day for resources that are not as their stacks say, and fails if there are any.
 *
 * The rule cloudformation-stack-drift-detection-check of AWS Config would need its recorder in each region, ends after 15 minutes for all
 * stacks of an account, and takes what the autoscaler of nodes changes for drift.
 */
export class DriftCheck extends ScheduledFunction {
  constructor(scope: Construct, id: string, props: DriftCheckProps) {
    const { identifier, functionName, schedule, stacks, logRetentionDays } = props;
    const ofEnvironment = `cloudformation:*:${Stack.of(scope).account}:stack/${identifier}-*/*`;
    super(scope, id, {
      description: 'Looks once a day for resources that are not as their stacks say',
      file: 'drift-check.py',
      functionName,
      environment: {
        OWNED: JSON.stringify(
          OWNED_PROPERTIES.map(({ type, path, difference }) => ({ type, path: path.source, difference })),
        ),
        STACKS: Lazy.string({
          produce: () => JSON.stringify(stacks().map(({ stackName: name, region }) => ({ name, region }))),
        }),
      },
      schedule: Schedule.expression(schedule),
      timeout: Duration.minutes(15),
      statements: [
        new PolicyStatement({ actions: DETECTS, resources: [`arn:${Aws.PARTITION}:${ofEnvironment}`] }),
        // CloudFormation reads the resources with the rights of its caller, and a detection has no ARN.
        new PolicyStatement({
          actions: ['cloudformation:DescribeStackDriftDetectionStatus', ...READ_ACTIONS],
          resources: ['*'],
        }),
      ],
      logRetentionDays,
    });
    acknowledge(this.role, 'It reads every type of the platform, and nothing of a secret', [
      'AwsSolutions-IAM5[Resource::*]',
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${ofEnvironment}]`,
    ]);
  }
}
