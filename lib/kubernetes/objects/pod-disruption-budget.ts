import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { Manifest } from '../manifest';
import { appLabel } from './labels';

export interface PodDisruptionBudgetProps {
  readonly name: string;
  readonly namespace: string;
  /** Labels of its pods. @default - the label `app`, with the name */
  readonly selector?: Readonly<Record<string, string>>;
}

/** A disruption budget that holds no node: of its pods, one may go at any time, be it the only one, and a broken one always. */
export const podDisruptionBudget = ({
  name,
  namespace,
  selector = appLabel(name),
}: PodDisruptionBudgetProps): Manifest<PodDisruptionBudget> => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace },
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: { ...selector } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});
