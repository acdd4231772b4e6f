import { RemovalPolicy } from 'aws-cdk-lib';

/** What becomes of data, and of the key that opens it, when its stack is deleted. Nothing outlives a failed first deployment. */
export const dataRemoval = (retain: boolean): { readonly store: RemovalPolicy; readonly database: RemovalPolicy } => ({
  store: retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  database: retain ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
});
