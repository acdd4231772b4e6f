import { SAMPLES } from '../../sample';
import type { EnvironmentConfig, NodeGroupConfig } from '../../../lib/config/environment';

const { prod } = SAMPLES;

/** Production with other fields of its network, its cluster, or the node group of its applications. */
export const withNetwork = (network: Partial<EnvironmentConfig['network']>): EnvironmentConfig => ({
  ...prod,
  network: { ...prod.network, ...network },
});
export const withCluster = (cluster: Partial<EnvironmentConfig['cluster']>): EnvironmentConfig => ({
  ...prod,
  cluster: { ...prod.cluster, ...cluster },
});
export const withApplicationNodes = (group: Partial<NodeGroupConfig>) =>
  withCluster({
    nodeGroups: { ...prod.cluster.nodeGroups, application: { ...prod.cluster.nodeGroups.application, ...group } },
  });
