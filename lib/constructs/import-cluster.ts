import { Cluster, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';

/**
 * A handle on the cluster of another stack, through which manifests and firewall rules belong to the calling stack.
 *
 * `addManifest` on the cluster itself would put everything into the cluster's stack.
 */
export const importCluster = (scope: Construct, { cluster }: { readonly cluster: ICluster }): ICluster =>
  Cluster.fromClusterAttributes(scope, 'Cluster', {
    vpc: cluster.vpc,
    clusterName: cluster.clusterName,
    clusterSecurityGroupId: cluster.clusterSecurityGroupId, // without it, rules of its connections are silently left out
    kubectlProvider: cluster.kubectlProvider,
    prune: cluster.prune,
  });
