import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * The removal policy of a log group, a bucket or a key.
 *
 * A retained one does not outlive the rollback of the deployment that made it, for the next one could find its name taken.
 */
export const removalPolicy = (retain: boolean): RemovalPolicy =>
  retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

/** The removal policy of a database or a cache: if it is retained, it leaves a final snapshot. */
export const snapshotRemovalPolicy = (retain: boolean): RemovalPolicy =>
  retain ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY;
