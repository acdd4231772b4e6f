import { CfnSigningConfiguration } from 'aws-cdk-lib/aws-ecr';
import { CfnSigningProfile } from 'aws-cdk-lib/aws-signer';
import type { Construct } from 'constructs';
import { repositoryName } from '../model/images';

/**
 * Has ECR sign each image that is pushed to a repository of the platform, as whoever pushes it:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
 */
export const signImages = (scope: Construct): void => {
  // Signer keeps a profile for two years after its deletion, and its name with it: no name of our own.
  const profile = new CfnSigningProfile(scope, 'SigningProfile', { platformId: 'Notation-OCI-SHA384-ECDSA' });
  new CfnSigningConfiguration(scope, 'Signing', {
    rules: [
      {
        signingProfileArn: profile.attrArn,
        repositoryFilters: [{ filter: repositoryName('*'), filterType: 'WILDCARD_MATCH' }],
      },
    ],
  });
};
