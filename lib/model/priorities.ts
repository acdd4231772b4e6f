/** Priority class of Kubernetes' own, for what a cluster does not work without. */
export const CLUSTER_CRITICAL = 'system-cluster-critical';

/** The same for nodes. Without it, the pods for which a node was added could take the place of its DaemonSets. */
export const NODE_CRITICAL = 'system-node-critical';
