import type { ResourceRequirements } from 'kubernetes-types/core/v1';
import type { Resources } from '../../model/resources';

/** Of a container's folders and logs on the disk of its node, and of the largest pod. A pod that writes more is evicted. */
export const DISK = { requests: '64Mi', limits: '1Gi', largestPod: '4Gi' } as const;

/** Requests and limits of a container, of disk too. */
export const containerResources = ({ requests, limits }: Resources): ResourceRequirements => ({
  requests: { ...requests, 'ephemeral-storage': DISK.requests },
  limits: { ...limits, 'ephemeral-storage': DISK.limits },
});
