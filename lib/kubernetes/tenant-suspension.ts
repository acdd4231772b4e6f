import type { Job } from 'kubernetes-types/batch/v1';
import type { Container } from 'kubernetes-types/core/v1';
import { placement } from '../model/node-placement';
import { SUSPENSION_RESOURCES } from '../model/tenant-tiers';
import { containerResources } from './container-resources';
import type { Manifest } from './manifest';
import { QUOTA } from './namespaces';
import { JOB_DEADLINE, oneOffJob } from './one-off-job';
import { PLATFORM_PRIORITY } from './priority-class';
import { TENANT_SUSPENSION } from './tenancy';
import { tenantNamespace } from './tenant';
import { securityContext } from './security-context';

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
  const kubectl = (name: string, ...words: readonly string[]): Container => ({
    name,
    image,
    imagePullPolicy: 'Always',
    command: ['kubectl', ...words, `--namespace=${tenantNamespace(id)}`],
    resources: containerResources(SUSPENSION_RESOURCES),
    securityContext: securityContext(),
  });
  return oneOffJob({
    name: `suspend-${id}`,
    namespace: TENANT_SUSPENSION.namespace,
    also: undefined,
    spec: {
      backoffLimit: 5,
      activeDeadlineSeconds: JOB_DEADLINE,
      template: {
        metadata: { labels: { app: TENANT_SUSPENSION.name } },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: TENANT_SUSPENSION.name,
          automountServiceAccountToken: true,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532, // the image would run as root
            seccompProfile: { type: 'RuntimeDefault' },
          },
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
