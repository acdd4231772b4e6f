import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { Manifest } from '../manifest';

export interface ServiceAccountProps {
  readonly name: string;
  readonly namespace: string;
  /** Its pods get a token for the Kubernetes API, unless they refuse it. @default - they get none, unless they ask for one */
  readonly token?: true;
}

/** A service account. */
export const serviceAccount = ({ name, namespace, token }: ServiceAccountProps): Manifest<ServiceAccount> => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
  ...(!token && { automountServiceAccountToken: false }),
});
