import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { repositoryName } from '../config/images';
import { removal } from '../constructs/removal';
import { tierKey } from '../constructs/tier-key';

export interface ImagesStackProps extends StackProps {
  /** Images that the environment runs. */
  readonly names: readonly string[];
  /** Keep the repositories, with the images that a way back needs, when the stack is deleted; else they go with what is in them. */
  readonly retainData: boolean;
}

/** Releases of an image that stay: the one that runs, and the way back. */
const RELEASES = 100;

/** The registry: a repository for each image. What has a name in it is never another image. */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string, { names, retainData, ...props }: ImagesStackProps) {
    super(scope, id, props);
    const encryptionKey = tierKey(this, 'Images', retainData);
    for (const name of names)
      new Repository(this, name, {
        repositoryName: repositoryName(name),
        imageTagMutability: TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        encryption: RepositoryEncryption.KMS, // fixed when it is made
        encryptionKey,
        lifecycleRules: [
          // The parts of an image for several architectures have no tag; ECR keeps them as long as their image.
          { description: 'what has no name', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
          {
            description: 'old releases',
            tagStatus: TagStatus.TAGGED,
            tagPatternList: ['*'],
            maxImageCount: RELEASES,
          },
        ],
        removalPolicy: removal(retainData),
        emptyOnDelete: !retainData,
      });
  }
}
