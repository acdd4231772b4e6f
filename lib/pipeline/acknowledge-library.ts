import { Stack, type CfnElement } from 'aws-cdk-lib';
import { Project } from 'aws-cdk-lib/aws-codebuild';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';
import { acknowledge, acknowledgeNoCopy } from '../constructs/acknowledge';
import { signingProfiles } from './images';

const ACTIONS = [
  's3:Abort*',
  's3:DeleteObject*',
  's3:GetBucket*',
  's3:GetObject*',
  's3:List*',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
];

/** Acknowledges findings on the roles and buckets that CDK Pipelines makes, and on what the steps of a review may read. */
export const acknowledgeLibrary = (library: CodePipeline, environment: string, reviews: IBucket): void => {
  const stack = Stack.of(library);
  const { account } = stack;
  const place = `${stack.region}:${account}`;
  const { artifactBucket, crossRegionSupport } = library.pipeline;
  const replicas = Object.values(crossRegionSupport).map(({ replicationBucket }) => replicationBucket);
  for (const bucket of [artifactBucket, ...replicas]) {
    acknowledge(bucket, 'Holds what this pipeline builds, for itself; CloudTrail tells who read it', [
      'AwsSolutions-S1',
    ]);
    acknowledgeNoCopy(bucket, 'The pipeline builds it anew from its commit');
  }
  const projects = library.node.findAll().filter((construct) => construct instanceof Project);
  const builds = projects.map(({ node }) => `<${stack.getLogicalId(node.defaultChild as CfnElement)}>`);
  const resources = [
    '*',
    `arn:*:iam::${account}:role/*`,
    ...[artifactBucket, reviews, ...replicas].map((bucket) => {
      const arn = stack.resolve(bucket.arnForObjects('*'));
      return typeof arn === 'string' ? arn : `<${arn['Fn::Join'][1][0]['Fn::GetAtt'].join('.')}>/*`;
    }),
    ...[...builds, '*'].flatMap((build) => [
      `arn:aws:logs:${place}:log-group:/aws/codebuild/${build === '*' ? '*' : `${build}:*`}`,
      `arn:aws:codebuild:${place}:report-group/${build === '*' ? '*' : `${build}-*`}`,
    ]),
    `arn:aws:cloudformation:*:${account}:stack/platform-${environment}-*`,
    `arn:aws:ssm:*:${account}:parameter/cdk-bootstrap/*`,
    'arn:aws:cloudformation:*:aws:transform/SecretsManager-*',
    `arn:aws:ecr:${place}:repository/platform/*`,
    signingProfiles({ account, region: stack.region }),
  ];
  acknowledge(
    library,
    'The grants of CDK Pipelines: its own artifacts, logs and reports, the deployment roles of its account; and what a review and a look for images read',
    [...ACTIONS.map((action) => `Action::${action}`), ...resources.map((resource) => `Resource::${resource}`)].map(
      (finding) => `AwsSolutions-IAM5[${finding}]`,
    ),
  );
};
