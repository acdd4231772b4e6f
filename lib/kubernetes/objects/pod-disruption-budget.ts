import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { Manifest } from '../manifest';
import { appLabel } from './labels';

/** A disruption budget that holds no node: of the pods with label `app`, one may go at any time, be it the only one, and a broken one always. */
export const podDisruptionBudget = ({
  name,
  namespace,
}: {
  name: string;
  namespace: string;
}): Manifest<PodDisruptionBudget> => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace },
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: appLabel(name) },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});
