import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { EnvironmentConfig } from '../config/environment';
import { PULL_ACTIONS, repositoryName, SIGNING_STATUS_ACTION } from '../model/images';
import { SERVICE_NAMES } from '../model/names';
import { INSTALL } from './build-steps';

type Place = Pick<EnvironmentConfig, 'account' | 'region'>;

/** Actions that write an image: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
const PUSH = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'];

const repositoriesOf = ({ account, region }: Place, names: readonly string[]): string[] =>
  names.map((name) => `arn:aws:ecr:${region}:${account}:repository/${repositoryName(name)}`);

/**
 * The profiles with which a registry signs, as whoever pushes: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
 */
export const signingProfiles = ({ account, region }: Place): string =>
  `arn:aws:signer:${region}:${account}:/signing-profiles/*`;

export interface ImagesProps {
  readonly source: CodePipelineSource;
  readonly environment: string;
  readonly place: Place;
  /** The environment whose images this one runs. @default - its own are pushed to it */
  readonly follows: Place | undefined;
}

/**
 * Brings the images of the commit from the registry of the environment before, or finds them here. It stops the execution before
 * anything is deployed: at an image that is missing, that is another one than git says, or that has no signature where the
 * configuration asks for one. Its role writes to the services' repositories of its own account, signs what it writes, and
 * changes nothing else.
 */
export const images = ({ source, environment, place, follows }: ImagesProps): CodeBuildStep =>
  new CodeBuildStep('Images', {
    input: source,
    commands: [INSTALL, `npm run --silent images -- ${environment} --releases`],
    // Go builds the program that copies, as images/crane/go.sum pins it.
    partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { golang: '1.25' } } } }),
    rolePolicyStatements: [
      new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      new PolicyStatement({ actions: [...PULL_ACTIONS], resources: repositoriesOf(place, ['*']) }),
      new PolicyStatement({
        actions: [...(follows ? PULL_ACTIONS : []), SIGNING_STATUS_ACTION],
        resources: repositoriesOf(follows ?? place, SERVICE_NAMES),
      }),
      ...(follows
        ? [
            new PolicyStatement({ actions: PUSH, resources: repositoriesOf(place, SERVICE_NAMES) }),
            new PolicyStatement({ actions: ['signer:SignPayload'], resources: [signingProfiles(place)] }),
          ]
        : []),
    ],
  });
