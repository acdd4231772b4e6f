import { Duration, Stack } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { imageNames, repositoryName } from '../model/images';
import { signImages } from '../constructs/image-signing';
import { removalPolicy } from '../constructs/removal-policy';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';

export type ImagesStackProps = EnvironmentStackProps<'cluster' | 'retainData'>;

/** Releases of an image that stay: the one that runs, and the way back. */
const RELEASES = 100;

/** The registry: a repository for each image. A tag in it always names the same image. */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string, props: ImagesStackProps) {
    super(scope, id, props);
    const { cluster, retainData } = props.config;
    const encryptionKey = tierKey(this, 'Key', 'Images', retainData);
    for (const name of imageNames(cluster.kubernetesVersion))
      new Repository(this, name, {
        repositoryName: repositoryName(name),
        imageTagMutability: TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        encryption: RepositoryEncryption.KMS, // fixed when it is made
        encryptionKey,
        lifecycleRules: [
          // The parts of an image for several architectures have no tag; ECR keeps them as long as their image.
          { description: 'untagged images', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
          {
            description: 'old releases',
            tagStatus: TagStatus.TAGGED,
            tagPatternList: ['*'],
            maxImageCount: RELEASES,
          },
        ],
        removalPolicy: removalPolicy(retainData),
        emptyOnDelete: !retainData,
      });
    signImages(this);
  }
}
