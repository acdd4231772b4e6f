import { Duration, Stack } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { imageNames, PULL_ACTIONS, repositoryName, SIGNING_STATUS_ACTION } from '../model/images';
import { SERVICE_NAMES } from '../model/names';
import { signImages } from '../constructs/image-signing';
import { removalPolicy } from '../constructs/removal-policy';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';

export type ImagesStackProps = EnvironmentStackProps<'cluster' | 'images' | 'retainData'>;

/** Releases of an image that stay: the one that runs, and the way back. */
const RELEASES = 1000;

/** The registry: a repository for each image. A tag in it always names the same image. */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string, props: ImagesStackProps) {
    super(scope, id, props);
    const { cluster, images, retainData } = props.config;
    const encryptionKey = tierKey(this, 'Key', 'Images', retainData);
    const others = images.pulledBy.map((account) => new AccountPrincipal(account));
    for (const name of imageNames(cluster.kubernetesVersion)) {
      const repository = new Repository(this, name, {
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
      // Nobody who may pull can write, and images of others come from where others publish them.
      if (others.length > 0 && SERVICE_NAMES.some((service) => service === name))
        repository.addToResourcePolicy(
          new PolicyStatement({ sid: 'Pull', principals: others, actions: [...PULL_ACTIONS, SIGNING_STATUS_ACTION] }),
        );
    }
    if (images.signed) signImages(this);
  }
}
