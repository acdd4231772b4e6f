import type { PodSpec, Toleration } from 'kubernetes-types/core/v1';
import type { NodeGroupName } from './names';

/** Label of every node; its value is the node's group. */
export const NODE_TYPE_LABEL = 'node-type';

/** Label of every node; its value is the node's zone. */
export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** The taint that keeps other pods off the nodes of a group. */
export const taint = (group: NodeGroupName) => ({ key: group, value: 'true', effect: 'NoSchedule' }) as const;

/** The toleration and selector with which a pod runs on the nodes of a group, and only there. */
export const placement = (group: NodeGroupName): Required<Pick<PodSpec, 'nodeSelector' | 'tolerations'>> => ({
  nodeSelector: { [NODE_TYPE_LABEL]: group },
  tolerations: [toleration(group)],
});

const toleration = (group: NodeGroupName): Toleration => ({ ...taint(group), operator: 'Equal' });

/**
 * Spreads the pods that have some labels evenly over the zones. A zone without nodes that they tolerate does not count: where its nodes
 * are lost, they move to the others. A rollout spreads its own pods, whatever the old ones do.
 */
export const spreadOverZones = (
  matchLabels: Readonly<Record<string, string>>,
): Required<Pick<PodSpec, 'topologySpreadConstraints'>> => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: ZONE_LABEL,
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
      labelSelector: { matchLabels },
      matchLabelKeys: ['pod-template-hash'],
    },
  ],
});
