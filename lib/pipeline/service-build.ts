import { Stack, type CfnElement } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { Artifact, Pipeline, PipelineType, ProviderType } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction, CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PipelineConfig, ServiceSource } from '../config/pipeline';
import { acknowledge } from '../constructs/acknowledge';
import { imageRepository, repositoryName } from '../model/images';
import { SOURCE_ACTION } from './promotion';
import { SERVICE_STEPS, type ServiceStep } from './service-steps';
import { RUNTIMES } from './tools';

export interface ServiceBuildProps {
  readonly service: string;
  readonly source: ServiceSource;
  /** Reaches the repository of the service, and that of the platform. */
  readonly connectionArn: string;
  /** The environment that the stack builds for, whose releases are proposed. */
  readonly environment: string;
  /** The repository in which releases are proposed. */
  readonly platform: Pick<PipelineConfig, 'repository' | 'branch'>;
  /** Holds the source between the steps. */
  readonly bucket: IBucket;
  readonly logGroup: ILogGroup;
}

/**
 * The URL by which Git reaches a repository behind a connection, as the repositories of Argo CD in EKS have it:
 * https://docs.aws.amazon.com/eks/latest/userguide/argocd-configure-repositories.html
 */
const gitUrl = (connectionArn: string, repository: string): string => {
  const [, , service, region, account, resource = ''] = connectionArn.split(':');
  return `https://${service}.${region}.amazonaws.com/git-http/${account}/${region}/${resource.split('/')[1]}/${repository}.git`;
};

/** For one repository, where a call names one: https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html */
const useConnection = (connectionArn: string, repository: string): readonly PolicyStatement[] =>
  ['codeconnections', 'codestar-connections'].map(
    (service) =>
      new PolicyStatement({
        actions: [`${service}:UseConnection`],
        resources: [connectionArn],
        conditions: { StringEqualsIfExists: { [`${service}:FullRepositoryId`]: repository } },
      }),
  );

/** Pushes to one repository of the registry, reads it back, and lets ECR sign what it pushed. */
const pushImages = ({ account, region }: Stack, service: string): readonly PolicyStatement[] => [
  new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }), // of no repository
  new PolicyStatement({
    actions: [
      'BatchCheckLayerAvailability',
      'BatchGetImage',
      'CompleteLayerUpload',
      'DescribeImageSigningStatus',
      'GetDownloadUrlForLayer',
      'InitiateLayerUpload',
      'PutImage',
      'UploadLayerPart',
    ].map((action) => `ecr:${action}`),
    resources: [`arn:aws:ecr:${region}:${account}:repository/${repositoryName(service)}`],
  }),
  // ECR signs as whoever pushes: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
  new PolicyStatement({
    actions: ['signer:SignPayload'],
    resources: [`arn:aws:signer:${region}:${account}:/signing-profiles/*`],
  }),
];

/** Actions that the library grants on the bucket, to steps and to the pipeline. */
const FILES_OF_STEP = ['GetBucket*', 'GetObject*', 'List*'];
const FILES_OF_PIPELINE = [...FILES_OF_STEP, 'Abort*', 'DeleteObject*'];

/** The build of a service, in steps that each have a role of their own. A push to its folder starts it. */
export class ServiceBuild extends Construct {
  readonly pipeline: Pipeline;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceBuildProps,
  ) {
    super(scope, id);
    const { service, source, connectionArn, environment, bucket } = props;
    const { repository, branch, folder } = source;
    const [owner = '', repo = ''] = repository.split('/');
    const files = new Artifact(SOURCE_ACTION);
    const sourceAction = new CodeStarConnectionsSourceAction({
      actionName: SOURCE_ACTION,
      variablesNamespace: SOURCE_ACTION,
      connectionArn,
      owner,
      repo,
      branch,
      output: files,
    });
    this.pipeline = new Pipeline(this, 'Pipeline', {
      pipelineName: `platform-${environment}-build-${service}`,
      pipelineType: PipelineType.V2,
      artifactBucket: bucket,
      usePipelineRoleForActions: true,
      triggers: [
        {
          providerType: ProviderType.CODE_STAR_SOURCE_CONNECTION,
          gitConfiguration: {
            sourceAction,
            pushFilter: [{ branchesIncludes: [branch], filePathsIncludes: [folder === '.' ? '**' : `${folder}/**`] }],
          },
        },
      ],
    });
    this.pipeline.addStage({ stageName: 'Source', actions: [sourceAction] });
    const { branchName, commitId } = sourceAction.variables;
    for (const step of SERVICE_STEPS) {
      const variables = Object.entries({ BRANCH: branchName, COMMIT: commitId, ...step.takes });
      this.pipeline.addStage({
        stageName: step.name,
        actions: [
          new CodeBuildAction({
            actionName: step.name,
            variablesNamespace: step.name,
            project: this.project(step),
            input: files,
            environmentVariables: Object.fromEntries(variables.map(([key, value]) => [key, { value }])),
          }),
        ],
      });
    }
    for (const statement of useConnection(connectionArn, repository)) this.pipeline.addToRolePolicy(statement);
    acknowledge(this.pipeline, 'The grants of the library, on the bucket of sources', this.findings(FILES_OF_PIPELINE));
  }

  /** Findings on some actions of Amazon S3, on every file of the bucket. */
  private findings(actions: readonly string[]): readonly string[] {
    const stack = Stack.of(this);
    const [bucket] = stack.resolve(this.props.bucket.bucketArn)['Fn::GetAtt'];
    const findings = [...actions.map((action) => `Action::s3:${action}`), `Resource::<${bucket}.Arn>/*`];
    return findings.map((finding) => `AwsSolutions-IAM5[${finding}]`);
  }

  /** The project of a step: its commands, on a machine with a role of its own. */
  private project({ name, commands, reaches, gives = [] }: ServiceStep): PipelineProject {
    const { service, source, connectionArn, environment, platform, logGroup } = this.props;
    const stack = Stack.of(this);
    const variables = {
      SERVICE: service,
      ENVIRONMENT: environment,
      FOLDER: source.folder,
      SOURCE: source.repository,
      REGISTRY: imageRepository(stack, service).split('/')[0]!,
      REPOSITORY: repositoryName(service),
      PLATFORM: gitUrl(connectionArn, platform.repository),
      PLATFORM_BRANCH: platform.branch,
    };
    const env = {
      ...(reaches === 'platform' && { 'git-credential-helper': 'yes' }),
      ...(gives.length > 0 && { 'exported-variables': gives }),
    };
    const project = new PipelineProject(this, name, {
      environment: { buildImage: LinuxBuildImage.STANDARD_7_0, privileged: reaches === 'registry' },
      environmentVariables: Object.fromEntries(
        Object.entries(variables)
          .filter(([key]) => new RegExp(`\\$\\{?${key}\\b`).test(commands.join('\n')))
          .map(([key, value]) => [key, { value }]),
      ),
      logging: { cloudWatch: { logGroup } },
      grantReportGroupPermissions: false,
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        ...(Object.keys(env).length > 0 && { env }),
        phases: { install: { 'runtime-versions': RUNTIMES }, build: { commands } },
      }),
    });
    const statements = {
      nothing: [],
      registry: pushImages(stack, service),
      platform: useConnection(connectionArn, platform.repository),
    };
    for (const statement of statements[reaches]) project.addToRolePolicy(statement);
    const { account, region } = stack;
    const logs = `/aws/codebuild/<${stack.getLogicalId(project.node.defaultChild as CfnElement)}>:*`;
    acknowledge(
      project,
      'The grants of the library, on its log and the bucket of sources; it makes no artifact to encrypt',
      [
        ...this.findings(FILES_OF_STEP),
        `AwsSolutions-IAM5[Resource::arn:aws:logs:${region}:${account}:log-group:${logs}]`,
        'AwsSolutions-CB4',
      ],
    );
    if (reaches === 'registry')
      acknowledge(project, 'A login names no repository, and CloudFormation chooses the name of the profile', [
        'AwsSolutions-IAM5[Resource::*]',
        `AwsSolutions-IAM5[Resource::arn:aws:signer:${region}:${account}:/signing-profiles/*]`,
      ]);
    return project;
  }
}
