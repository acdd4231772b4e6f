import type { ResourceQuantities, TenantTier } from './environment';

/** What a tenant of a tier may use: in all, and at most in one piece. Kubernetes quantities. */
export interface TierLimits {
  /** Sums over its pods. */
  readonly requests: ResourceQuantities;
  readonly limits: ResourceQuantities;
  readonly pods: number;
  readonly services: number;
  /** Volume claims, and the sum of their sizes. */
  readonly volumes: number;
  readonly storage: string;
  /** The largest pod. One that requests more than a node of the group `application` has never runs. */
  readonly largestPod: ResourceQuantities;
  /** The largest volume. */
  readonly largestVolume: string;
}

/** The tiers that tenants book. */
export const TIERS: Readonly<Record<TenantTier, TierLimits>> = {
  basic: {
    requests: { cpu: '1', memory: '2Gi' },
    limits: { cpu: '2', memory: '4Gi' },
    pods: 10,
    services: 5,
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
    volumes: 10,
    storage: '100Gi',
    largestPod: { cpu: '2', memory: '4Gi' },
    largestVolume: '50Gi',
  },
  premium: {
    requests: { cpu: '8', memory: '16Gi' },
    limits: { cpu: '16', memory: '32Gi' },
    pods: 60,
    services: 30,
    volumes: 20,
    storage: '500Gi',
    largestPod: { cpu: '2', memory: '6Gi' },
    largestVolume: '200Gi',
  },
};
