import type { Affinity, PodSpec } from 'kubernetes-types/core/v1';
import { APP_LABEL } from '../../model/labels';
import { spreadOverZones } from '../../model/node-placement';
import { appLabel } from './labels';

/** Pods of the same name rather stand on different nodes. */
const podAntiAffinity = (app: string): Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          labelSelector: { matchExpressions: [{ key: APP_LABEL, operator: 'In', values: [app] }] },
          topologyKey: 'kubernetes.io/hostname',
        },
      },
    ],
  },
});

/** The pods of a workload stand on different nodes if they can, and in all zones. */
export const spreadOut = (app: string): Required<Pick<PodSpec, 'affinity' | 'topologySpreadConstraints'>> => ({
  affinity: podAntiAffinity(app),
  ...spreadOverZones(appLabel(app)),
});
