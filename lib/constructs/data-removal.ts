import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of data when its stack is deleted. `store`: of buckets and keys, which do not outlive the rollback of the
 * deployment that made them. `database`: of databases and caches.
 */
export const dataRemoval = (retain: boolean): { readonly store: RemovalPolicy; readonly database: RemovalPolicy } => ({
  store: retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  database: retain ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
});
