import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';
import { INSTALL } from './build-steps';

/** The actions of `npm run verify` in AWS. It only reads, and nothing secret. */
export const VERIFY_ACTIONS = [
  'cloudformation:DescribeStacks',
  'cloudformation:GetTemplate',
  'cloudformation:ListStackResources',
  'cloudformation:ListStacks',
  'cloudfront:GetDistribution',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'elasticache:DescribeReplicationGroups',
  'rds:DescribeDBInstances',
  'wafv2:GetWebACL',
] as const;

/** Asks the deployed environment from outside of its VPC, like a user. It has no way to the cluster's private endpoint. */
export const verification = (source: CodePipelineSource, environment: string): CodeBuildStep =>
  new CodeBuildStep('Verify', {
    input: source,
    commands: [INSTALL, `npm run --silent verify -- ${environment} --only sites --only account --in-pipeline`],
    rolePolicyStatements: [new PolicyStatement({ actions: [...VERIFY_ACTIONS], resources: ['*'] })],
  });
