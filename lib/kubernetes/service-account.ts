import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { Manifest } from './manifest';

/** A service account whose pods get no token for the Kubernetes API, unless they ask for one. */
export const serviceAccount = (metadata: { name: string; namespace: string }): Manifest<ServiceAccount> => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { ...metadata },
  automountServiceAccountToken: false,
});
