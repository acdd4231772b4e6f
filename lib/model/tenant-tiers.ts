import type { TenantTier } from './names';
import type { ResourceQuantities, Resources } from './resources';
import { LARGEST_POD } from './namespaces';

/** The quotas of a tier: in all, and of one pod or volume. Kubernetes quantities. */
export interface TierLimits extends Resources {
  readonly pods: number;
  readonly services: number;
  /** Objects of each kind that makes pods or holds configuration. */
  readonly objects: number;
  /** Volume claims, and the sum of their sizes. */
  readonly volumes: number;
  readonly storage: string;
  /** Limits of the largest pod. */
  readonly largestPod: ResourceQuantities;
  /** The largest volume. */
  readonly largestVolume: string;
}

/** Of the Job that ends the pods of a suspended tenant. */
export const SUSPENSION_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '128Mi' },
};

/** The tiers that tenants book. */
export const TIERS: Readonly<Record<TenantTier, TierLimits>> = {
  basic: {
    requests: { cpu: '1', memory: '2Gi' },
    limits: { cpu: '2', memory: '4Gi' },
    pods: 10,
    services: 5,
    objects: 50,
    volumes: 2,
    storage: '20Gi',
    largestPod: { cpu: '1', memory: '2Gi' },
    largestVolume: '10Gi',
  },
  standard: {
    requests: { cpu: '4', memory: '8Gi' },
    limits: { cpu: '8', memory: '16Gi' },
    pods: 30,
    services: 15,
    objects: 100,
    volumes: 10,
    storage: '100Gi',
    largestPod: LARGEST_POD,
    largestVolume: '50Gi',
  },
  premium: {
    requests: { cpu: '8', memory: '16Gi' },
    limits: { cpu: '16', memory: '32Gi' },
    pods: 60,
    services: 30,
    objects: 200,
    volumes: 20,
    storage: '500Gi',
    largestPod: LARGEST_POD,
    largestVolume: '200Gi',
  },
};
