import type { Construct } from 'constructs';
import type { EnvironmentConfig } from './config/environment';
import { tagEverything } from './constructs/tag-everything';
import { ClusterStack } from './stacks/cluster-stack';
import { NetworkStack } from './stacks/network-stack';
import { WorkloadsStack } from './stacks/workloads-stack';

/**
 * The architecture: every stack of an environment, in dependency order.
 *
 * The scope's id has to be the environment's name, whether it stands for itself (`-c env=`) or is a Stage of the pipeline:
 * construct paths end up in templates, and only with equal paths does the pipeline adopt what was deployed by hand.
 */
export const platform = (scope: Construct, config: EnvironmentConfig): void => {
  const { name, account, region, deletionProtection, retainLogs } = config;
  const { environment, owner, costCenter } = config.tags;
  const tags = { Environment: environment, Owner: owner, CostCenter: costCenter };
  const props = (stack: string) => ({
    stackName: `platform-${name}-${stack}`,
    env: { account, region },
    terminationProtection: deletionProtection,
  });

  const network = new NetworkStack(scope, 'Network', { ...props('network'), config: config.network, retainLogs });
  const { cluster } = new ClusterStack(scope, 'Cluster', {
    ...props('cluster'),
    config: config.cluster,
    clusterName: `platform-${name}`,
    vpc: network.vpc,
    podSubnets: network.podSubnets,
    volumeTags: tags,
    deletionProtection,
    retainLogs,
  });
  new WorkloadsStack(scope, 'Workloads', { ...props('workloads'), config, cluster });

  tagEverything(scope, tags);
};
