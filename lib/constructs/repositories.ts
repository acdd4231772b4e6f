import { Duration } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { imageNames, repositoryName } from '../model/images';
import { removalPolicy } from './removal-policy';

export interface RepositoriesProps {
  readonly kubernetesVersion: string;
  readonly key: IKey;
  readonly retainData: boolean;
}

/** Releases of an image that stay: the one that runs, and the way back. */
const RELEASES = 1000;

/** A repository for each image, by the name of the image. A tag in it always names the same image. */
export const repositories = (
  scope: Construct,
  { kubernetesVersion, key, retainData }: RepositoriesProps,
): ReadonlyMap<string, Repository> =>
  new Map(
    imageNames(kubernetesVersion).map((name) => [
      name,
      new Repository(scope, name, {
        repositoryName: repositoryName(name),
        imageTagMutability: TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        encryption: RepositoryEncryption.KMS, // fixed when it is made
        encryptionKey: key,
        lifecycleRules: [
          // The parts of an image for several architectures have no tag; ECR keeps them as long as their image.
          { description: 'untagged images', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
          { description: 'old releases', tagStatus: TagStatus.TAGGED, tagPatternList: ['*'], maxImageCount: RELEASES },
        ],
        removalPolicy: removalPolicy(retainData),
        emptyOnDelete: !retainData,
      }),
    ]),
  );
