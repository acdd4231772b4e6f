import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';
import { EDGE_REGION } from '../model/edge-region';

/** The tiers that users meet. A condition takes five rules: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const TIERS = ['edge', 'load-balancer', 'cluster', 'mysql', 'redis'] as const;

/** Name of the alarm that says whether a tier has a critical alarm. */
const alarmOf = (environment: string, tier: string): string => `platform-${environment}-${tier}-critical`;

/**
 * Rolls the stage of an environment back to what it deployed before: when it fails, and when a critical alarm fires within some
 * minutes after it. https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
 */
export const rollBackBadDeployments = (
  { pipeline }: CodePipeline,
  {
    environment,
    region,
    bakeMinutes,
  }: { readonly environment: string; readonly region: string; readonly bakeMinutes: number },
): void => {
  const rules = TIERS.map((tier) => ({
    Name: `Critical-${tier}`,
    RuleTypeId: { Category: 'Rule', Owner: 'AWS', Provider: 'CloudWatchAlarm', Version: '1' },
    Region: tier === 'edge' ? EDGE_REGION : region,
    // https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
    Configuration: { AlarmName: alarmOf(environment, tier), AlarmStates: 'ALARM', WaitTime: `${bakeMinutes}` },
  }));
  const template = pipeline.node.defaultChild as CfnPipeline;
  const index = pipeline.stages.findIndex(({ stageName }) => stageName === environment);
  const stage = `Stages.${index}`; // the library gives no stage its conditions
  template.addPropertyOverride(`${stage}.OnFailure`, { Result: 'ROLLBACK' });
  template.addPropertyOverride(`${stage}.OnSuccess`, { Conditions: [{ Result: 'ROLLBACK', Rules: rules }] });
  // No construct grants what a rule reads.
  pipeline.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
};
