import type { Job } from 'kubernetes-types/batch/v1';
import { SUSPENSION_RESOURCES } from '../model/tenant-tiers';
import { kubectlJob } from './kubectl-job';
import type { Manifest } from './manifest';
import { QUOTA } from './namespaces';
import { SUSPENSION_WORKLOAD, TENANT_SUSPENSION } from './tenancy';
import { tenantNamespace } from './tenant';

export interface TenantSuspensionProps {
  /** Id of the tenant. */
  readonly id: string;
  /** Image with kubectl. */
  readonly image: string;
}

/** Seconds that a pod has to end, whatever it asks for itself: no tenant delays its suspension. */
const GRACE = 60;

/** Seconds in which Kubernetes has taken over the quota that the Job finds: it does so in a moment, but not at once. */
const QUOTA_DEADLINE = 300;

/** Ends the pods of a suspended tenant and waits until they are gone: its quota lets no other start, but ends none. */
export const tenantSuspension = ({ id, image }: TenantSuspensionProps): Manifest<Job> => {
  const namespace = `--namespace=${tenantNamespace(id)}`;
  return kubectlJob({
    name: `suspend-${id}`,
    namespace: TENANT_SUSPENSION.namespace,
    workload: SUSPENSION_WORKLOAD,
    serviceAccount: TENANT_SUSPENSION.name,
    image,
    resources: SUSPENSION_RESOURCES,
    commands: {
      quota: [
        'wait',
        `resourcequota/${QUOTA}`,
        '--for=jsonpath={.status.hard.pods}=0', // until then, controllers replace what is deleted
        `--timeout=${QUOTA_DEADLINE}s`,
        namespace,
      ],
      pods: ['delete', 'pods', '--all', `--grace-period=${GRACE}`, namespace],
    },
  });
};
