import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeImageSigningStatusCommand, ECRClient, type ImageSigningStatus } from '@aws-sdk/client-ecr';

const REPOSITORY = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/;

/** Between two questions about a signature that is being made, and how often it is asked about. */
const AGAIN = { milliseconds: 5_000, times: 60 };

/** Why an image does not count as signed. Undefined: it does, or its signature is being made. */
const reasonOf = (statuses: readonly ImageSigningStatus[], image: string): string | undefined => {
  if (statuses.length === 0)
    return `${image} has no signature. Deploy the stack Images, which has the registry sign. Then push the image under a new tag, with a role that may use the signing profile`;
  const failed = statuses.find(({ status }) => status === 'FAILED');
  return (
    failed && `${image} could not be signed: ${failed.failureReason ?? failed.failureCode}. Push it under a new tag`
  );
};

/**
 * Why an image of ECR may not be deployed: it has no signature by each profile that the registry signs it with.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageSigningStatus.html
 */
export const unsigned = async (repository: string, digest: string): Promise<string | undefined> => {
  const [, registryId, region, repositoryName] = REPOSITORY.exec(repository) ?? [];
  const ecr = new ECRClient({ region: region! });
  const asked = new DescribeImageSigningStatusCommand({ registryId, repositoryName, imageId: { imageDigest: digest } });
  const image = `${repository}@${digest}`;
  for (let times = 0; times < AGAIN.times; times += 1) {
    const { signingStatuses = [] } = await ecr.send(asked);
    const reason = reasonOf(signingStatuses, image);
    if (reason !== undefined) return reason;
    if (signingStatuses.every(({ status }) => status === 'COMPLETE')) return undefined;
    await sleep(AGAIN.milliseconds);
  }
  return `${image} is still being signed. Try again later`;
};
