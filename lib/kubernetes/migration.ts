import type { Job } from 'kubernetes-types/batch/v1';
import { ISTIO_INJECT, MIGRATION_RESOURCES } from '../model/services';
import type { Manifest } from './manifest';
import { containerResources } from './objects/container-resources';
import { appLabel, type WorkloadIdentity } from './objects/labels';
import { JOB_DEADLINE, oneOffJob } from './one-off-job';
import type { ServicePod, ServicePodProps } from './service-pod';

export interface MigrationProps extends ServicePodProps {
  /** Changes with the endpoints in its variables. */
  readonly endpointsChecksum: string;
}

/** Label `app` of the pods that migrate a service's schema. Not the service's own: they take no requests. */
const migrationName = (service: string): string => `${service}-migrate`;

/** It is the program of the service. */
export const migrationWorkload = (service: string): WorkloadIdentity => ({
  app: migrationName(service),
  program: service,
  component: 'database',
});

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
    workload: migrationWorkload(name),
    also: endpointsChecksum,
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: JOB_DEADLINE,
      podReplacementPolicy: 'Failed', // never two at a time
      template: {
        metadata: { labels: { ...appLabel(migrationName(name)), [ISTIO_INJECT]: 'false' } }, // a sidecar never ends
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
