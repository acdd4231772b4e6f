import { Stack } from 'aws-cdk-lib';
import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CodeBuildStep, CodePipeline } from 'aws-cdk-lib/pipelines';

/**
 * Lets the synthesis write its own output, and no other artifact: the library grants the whole bucket, also while a later execution
 * runs beside the deployment of an approved one. CodePipeline puts artifacts below the first 20 characters of the pipeline's name and
 * the first 10 of the artifact's: https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts.html#concepts-artifacts
 */
export const writesOnlyItsOutput = (step: CodeBuildStep, { pipeline }: CodePipeline): void => {
  const folder = `${Stack.of(pipeline).stackName.slice(0, 20)}/${`${step.id}_Output`.slice(0, 10)}/*`;
  step.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['s3:PutObject*', 's3:DeleteObject*', 's3:AbortMultipartUpload'],
      notResources: [pipeline.artifactBucket.arnForObjects(folder)],
    }),
  );
};

/**
 * Ends the execution in which the pipeline changed itself. CodePipeline would start again with the newest commit of the branch, which
 * has not passed the environment before this one.
 */
export const restartsNever = ({ pipeline }: CodePipeline): void =>
  (pipeline.node.defaultChild as CfnPipeline).addPropertyOverride('RestartExecutionOnUpdate', false);
