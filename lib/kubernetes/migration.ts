import type { Job } from 'kubernetes-types/batch/v1';
import type { Manifest } from './manifest';
import { JOB_DEADLINE, once } from './once';
import type { ServicePod, ServicePodProps } from './service-pod';

export interface MigrationProps extends ServicePodProps {
  /** Changes with the endpoints in its variables. */
  readonly endpointsChecksum: string;
}

/** Label `app` of the pods that migrate a service's schema. Not the service's own: they take no requests. */
export const migrationName = (service: string): string => `${service}-migrate`;

/** Brings a service's schema to what its image expects, once for each image, before its pods are replaced. */
export const migration = (
  { name, namespace, endpointsChecksum }: MigrationProps,
  { container, spec }: ServicePod,
): Manifest<Job> =>
  once({
    name: migrationName(name),
    namespace,
    also: endpointsChecksum,
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: JOB_DEADLINE,
      template: {
        metadata: { labels: { app: migrationName(name) } },
        spec: {
          ...spec,
          restartPolicy: 'Never',
          containers: [{ ...container, command: ['npm', 'run', 'migrate'] }],
        },
      },
    },
  });
