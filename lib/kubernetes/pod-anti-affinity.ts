import type { Affinity } from 'kubernetes-types/core/v1';

/** Pods of the same name rather stand on different nodes. */
export const podAntiAffinity = (app: string): Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [app] }] },
          topologyKey: 'kubernetes.io/hostname',
        },
      },
    ],
  },
});
