import type { Job } from 'kubernetes-types/batch/v1';
import { placement } from '../model/node-placement';
import { SUSPENSION_RESOURCES } from '../model/tenant-tiers';
import type { Manifest } from './manifest';
import { QUOTA } from './namespaces';
import { container } from './objects/container';
import { appLabel } from './objects/labels';
import { podSecurityContext } from './objects/security-context';
import { JOB_DEADLINE, oneOffJob } from './one-off-job';
import { PLATFORM_PRIORITY } from './priority-class';
import { SUSPENSION_WORKLOAD, TENANT_SUSPENSION } from './tenancy';
import { tenantNamespace } from './tenant';

export interface TenantSuspensionProps {
  /** Id of the tenant. */
  readonly id: string;
  /** Image with kubectl. */
  readonly image: string;
}

/** The image would run as root. */
const USER = 65532;

/** Seconds that a pod has to end, whatever it asks for itself: no tenant delays its suspension. */
const GRACE = 60;

/** Seconds in which Kubernetes has taken over the quota that the Job finds: it does so in a moment, but not at once. */
const QUOTA_DEADLINE = 300;

/** Ends the pods of a suspended tenant and waits until they are gone: its quota lets no other start, but ends none. */
export const tenantSuspension = ({ id, image }: TenantSuspensionProps): Manifest<Job> => {
  const kubectl = (name: string, ...words: readonly string[]) =>
    container({
      name,
      image,
      command: ['kubectl', ...words, `--namespace=${tenantNamespace(id)}`],
      resources: SUSPENSION_RESOURCES,
    });
  return oneOffJob({
    name: `suspend-${id}`,
    namespace: TENANT_SUSPENSION.namespace,
    workload: SUSPENSION_WORKLOAD,
    also: undefined,
    spec: {
      backoffLimit: 5,
      activeDeadlineSeconds: JOB_DEADLINE,
      template: {
        metadata: { labels: appLabel(TENANT_SUSPENSION.name) },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: TENANT_SUSPENSION.name,
          automountServiceAccountToken: true,
          securityContext: podSecurityContext(USER),
          initContainers: [
            kubectl(
              'quota',
              'wait',
              `resourcequota/${QUOTA}`,
              '--for=jsonpath={.status.hard.pods}=0', // until then, controllers replace what is deleted
              `--timeout=${QUOTA_DEADLINE}s`,
            ),
          ],
          containers: [kubectl('pods', 'delete', 'pods', '--all', `--grace-period=${GRACE}`)],
          priorityClassName: PLATFORM_PRIORITY,
          ...placement('application'),
        },
      },
    },
  });
};
