import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { Manifest } from './manifest';

/** Priority of the platform's own pods. Tenants and people have none, and a quota that refuses this one. */
export const PLATFORM_PRIORITY = 'platform-critical';

/** The platform's pods take the place of tenants' where there is too little for both. */
export const platformPriority = (): Manifest<PriorityClass> => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: PLATFORM_PRIORITY },
  value: 1_000_000, // of 1,000,000,000 below Kubernetes' own
  globalDefault: false,
  description: 'Services of the platform, their Jobs and their monitoring',
});
