import { Duration, RemovalPolicy, Stack, type Stage } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, ManualApprovalStep, ShellStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeNoCopy } from '../constructs/acknowledge';
import { INSTALL_TRIVY, SCAN_FILES, scanTemplates } from './tools';

/** The digest of a cloud assembly: of the digests of its files, in the order of their names. */
const digestOf = (folder: string): string =>
  `(cd ${folder} && find . ! -type d -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -d ' ' -f 1)`;

/** Without the scripts of packages, of which the lock file holds the content. */
export const INSTALL = 'npm ci --ignore-scripts';

/** Lints, tests, audits and scans. It gives nothing to the steps that follow, so what its packages do reaches no environment. */
export const check = (source: CodePipelineSource, environment: string): CodeBuildStep =>
  new CodeBuildStep('Check', {
    input: source,
    commands: [
      'npm ci',
      'npm run lint',
      'npm test',
      'npm audit --audit-level=high',
      'npm audit signatures',
      ...INSTALL_TRIVY,
      SCAN_FILES,
      `npx cdk synth --quiet -c pipeline=${environment}`, // not the assembly of Synth: Trivy reaches nothing that is deployed
      scanTemplates('cdk.out'),
    ],
  });

/** Synthesizes the pipeline and its environment, with every validation on. */
export const synth = (source: CodePipelineSource, environment: string): CodeBuildStep =>
  new CodeBuildStep('Synth', {
    input: source,
    commands: [INSTALL, `npx cdk synth --quiet -c pipeline=${environment}`],
    env: { CDK_VALIDATION: 'true' },
    primaryOutputDirectory: 'cdk.out',
  });

export interface ReviewProps {
  readonly source: CodePipelineSource;
  readonly synth: CodeBuildStep;
  /** The environment to deploy. */
  readonly stage: Stage;
  /** Where reviews are kept. */
  readonly bucket: Bucket;
}

/** The bucket of reviews, and of the templates of their change sets. */
export const reviewBucket = (scope: Construct): Bucket => {
  const bucket = new Bucket(scope, 'Reviews', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true, // a later review cannot take the place of an earlier one
    lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(400) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(bucket, 'Only the reviews of this pipeline write here; CloudTrail tells who read them', [
    'AwsSolutions-S1',
  ]);
  acknowledgeNoCopy(bucket, 'A review is of one deployment, and no deployment needs that of another');
  return bucket;
};

/** Where the review of an execution is read. CodePipeline puts in the id of the execution. */
const EXECUTION = '#{codepipeline.PipelineExecutionId}';

/**
 * Makes change sets of everything, writes down what they change, and fails if a resource with state is replaced or deleted without the
 * commit saying so. Its role makes change sets and deletes them. It executes none, passes no role and assumes none.
 */
export const review = ({ source, synth: assembly, stage, bucket }: ReviewProps): CodeBuildStep => {
  const { account, region, stackName: pipelineName } = Stack.of(bucket);
  const stacks = [`arn:aws:cloudformation:*:${account}:stack/platform-${stage.stageName}-*`];
  return new CodeBuildStep('Review', {
    input: source,
    additionalInputs: { 'cdk.out': assembly },
    env: { EXECUTION, PIPELINE: pipelineName, REVIEWS: bucket.bucketName },
    commands: [
      INSTALL,
      `ASSEMBLY_SHA256=$${digestOf('cdk.out/')}`,
      'export ASSEMBLY_SHA256',
      // Not as a variable of the action, whose configuration is JSON: a message has quotes and ends of lines.
      'MESSAGE=$(aws codepipeline get-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$EXECUTION" --query "pipelineExecution.artifactRevisions[].revisionSummary" --output text)',
      'npm run --silent gate -- cdk.out --reviews "s3://$REVIEWS/$EXECUTION" --message "$MESSAGE"',
    ],
    rolePolicyStatements: [
      new PolicyStatement({
        actions: ['DescribeStacks', 'GetTemplate', 'ListStackResources', 'DescribeChangeSet', 'ListChangeSets'].map(
          (action) => `cloudformation:${action}`,
        ),
        resources: stacks,
      }),
      new PolicyStatement({
        actions: ['cloudformation:CreateChangeSet', 'cloudformation:DeleteChangeSet'],
        resources: stacks,
        conditions: { StringLike: { 'cloudformation:ChangeSetName': 'review-*' } },
      }),
      new PolicyStatement({
        actions: ['cloudformation:CreateChangeSet'],
        resources: ['arn:aws:cloudformation:*:aws:transform/SecretsManager-*'], // of the stack of MySQL
      }),
      new PolicyStatement({ actions: ['cloudformation:ListStacks'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['codepipeline:GetPipelineExecution'],
        resources: [`arn:aws:codepipeline:${region}:${account}:${pipelineName}`],
      }),
      new PolicyStatement({
        actions: ['ssm:GetParameters'], // the version of the bootstrap stack, a parameter of each template
        resources: [`arn:aws:ssm:*:${account}:parameter/cdk-bootstrap/*`],
      }),
      new PolicyStatement({ actions: ['s3:PutObject', 's3:GetObject'], resources: [bucket.arnForObjects('*')] }),
    ],
  });
};

/** Where the review of an execution is read. */
export const reviewUrl = (bucket: Bucket, execution: string): string =>
  `https://${Stack.of(bucket).region}.console.aws.amazon.com/s3/object/${bucket.bucketName}?prefix=${execution}/review.md`;

/** Waits for a person, and leads to the review. */
export const approve = (stage: Stage, bucket: Bucket): ManualApprovalStep =>
  new ManualApprovalStep(`Approve-${stage.stageName}`, {
    comment:
      `Read the review, and the commit if it changes lib/pipeline, review or package-lock.json: it wrote the review itself. ` +
      `Approval deploys the pipeline, the assets and the stacks of ${stage.stageName}.`,
    reviewUrl: reviewUrl(bucket, EXECUTION),
  });

/** Hands on the cloud assembly that was reviewed, and no other: whatever could write artifacts meanwhile. */
export const release = (assembly: CodeBuildStep, reviewed: CodeBuildStep): ShellStep =>
  new ShellStep('Release', {
    input: assembly,
    env: { REVIEWED: reviewed.exportedVariable('ASSEMBLY_SHA256') },
    commands: [
      `RELEASED=$${digestOf('.')}`,
      'test "$RELEASED" = "$REVIEWED" || { echo "The cloud assembly is $RELEASED, the review is of $REVIEWED: start the pipeline again"; exit 1; }',
    ],
    primaryOutputDirectory: '.',
  });
