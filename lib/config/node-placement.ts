import type { PodSpec, Toleration } from 'kubernetes-types/core/v1';
import type { NodeGroupName } from './environment';

/** Label of every node; its value is the node's group. */
export const NODE_TYPE_LABEL = 'node-type';

/** What keeps pods that do not ask for it off the nodes of a group. */
export const taint = (group: NodeGroupName) => ({ key: group, value: 'true', effect: 'NoSchedule' }) as const;

/** What a pod needs to run on the nodes of a group, and only there. */
export const placement = (group: NodeGroupName): Required<Pick<PodSpec, 'nodeSelector' | 'tolerations'>> => ({
  nodeSelector: { [NODE_TYPE_LABEL]: group },
  tolerations: [toleration(group)],
});

const toleration = (group: NodeGroupName): Toleration => ({ ...taint(group), operator: 'Equal' });
