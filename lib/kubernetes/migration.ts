import type { Job } from 'kubernetes-types/batch/v1';
import { MIGRATION_RESOURCES } from '../model/services';
import { containerResources } from './container-resources';
import type { Manifest } from './manifest';
import { JOB_DEADLINE, oneOffJob } from './one-off-job';
import type { ServicePod, ServicePodProps } from './service-pod';

export interface MigrationProps extends ServicePodProps {
  /** Changes with the endpoints in its variables. */
  readonly endpointsChecksum: string;
}

/** Label `app` of the pods that migrate a service's schema. Not the service's own: they take no requests. */
export const migrationName = (service: string): string => `${service}-migrate`;

/** Seconds that a migration has to end its step when it is told to. */
const GRACE = 600;

/** Brings a service's schema to what its image expects, before its pods are replaced. */
export const migration = (
  { name, namespace, endpointsChecksum }: MigrationProps,
  { container, spec }: ServicePod,
): Manifest<Job> =>
  oneOffJob({
    name: migrationName(name),
    namespace,
    also: endpointsChecksum,
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: JOB_DEADLINE,
      podReplacementPolicy: 'Failed', // never two at a time
      template: {
        metadata: { labels: { app: migrationName(name), 'sidecar.istio.io/inject': 'false' } }, // a sidecar never ends
        spec: {
          ...spec,
          automountServiceAccountToken: false,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: GRACE,
          containers: [
            { ...container, command: ['npm', 'run', 'migrate'], resources: containerResources(MIGRATION_RESOURCES) },
          ],
        },
      },
    },
  });
