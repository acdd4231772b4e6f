import { Stack } from 'aws-cdk-lib';
import { CfnReplicationConfiguration } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { PULL_ACTIONS, repositoryName, SIGNING_STATUS_ACTION } from '../model/images';
import { SERVICE_NAMES } from '../model/names';
import { signImages } from '../constructs/image-signing';
import { repositories } from '../constructs/repositories';
import { tierKey } from '../constructs/tier-key';
import type { EnvironmentStackProps } from './environment-stack-props';

export type ImagesStackProps = EnvironmentStackProps<'cluster' | 'images' | 'recovery' | 'retainData'>;

/** The registry: a repository for each image, and their copies in the recovery region. */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string, props: ImagesStackProps) {
    super(scope, id, props);
    const { cluster, images, recovery, retainData } = props.config;
    const key = tierKey(this, 'Key', 'Images', retainData);
    const { kubernetesVersion } = cluster;
    const others = images.pulledBy.map((account) => new AccountPrincipal(account));
    for (const [name, repository] of repositories(this, { kubernetesVersion, key, retainData }))
      // Nobody who may pull can write, and images of others come from where others publish them.
      if (others.length > 0 && SERVICE_NAMES.some((service) => service === name))
        repository.addToResourcePolicy(
          new PolicyStatement({ sid: 'Pull', principals: others, actions: [...PULL_ACTIONS, SIGNING_STATUS_ACTION] }),
        );
    if (images.signed) signImages(this);
    // One of a registry, so one of an account in a region.
    if (recovery)
      new CfnReplicationConfiguration(this, 'Replication', {
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: recovery.region, registryId: this.account }],
              repositoryFilters: [{ filter: repositoryName(''), filterType: 'PREFIX_MATCH' }],
            },
          ],
        },
      });
  }
}
