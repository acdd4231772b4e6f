import { BlockPublicAccess, ObjectOwnership, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { removal } from './removal';

/** What all buckets have in common: nobody from outside, nothing in clear, nothing lost by overwriting. */
export const closed = (retain: boolean): BucketProps => ({
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
  removalPolicy: removal(retain),
  autoDeleteObjects: !retain,
});
