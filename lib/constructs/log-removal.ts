import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of a log group when its stack is deleted.
 *
 * A retained one does not outlive the rollback of the deployment that made it, for the next one would find its name taken.
 */
export const logRemoval = (retain: boolean): RemovalPolicy =>
  retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
