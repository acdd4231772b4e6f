import type { Container, Probe, VolumeMount } from 'kubernetes-types/core/v1';
import type { Resources } from '../../model/resources';
import { containerResources } from './container-resources';
import { securityContext } from './security-context';

export interface ContainerProps extends Omit<Container, 'resources' | 'securityContext' | 'imagePullPolicy'> {
  readonly image: string;
  readonly resources: Resources;
  readonly volumeMounts?: VolumeMount[];
}

/** A container of the platform: its image is the registry's at every start, and its root is not written to. */
export const container = ({ name, image, resources, volumeMounts, ...own }: ContainerProps): Container => ({
  name,
  image,
  imagePullPolicy: 'Always',
  ...own,
  resources: containerResources(resources),
  securityContext: securityContext(),
  ...(volumeMounts && { volumeMounts }),
});

/** Asks at a path. */
export const httpProbe = (path: string, port: number, times: Omit<Probe, 'httpGet'>): Probe => ({
  httpGet: { path, port },
  ...times,
});

/** How often a container is asked whether it lives and whether it takes requests, and how long it may take to say so. */
export const LIVENESS = { periodSeconds: 10, timeoutSeconds: 5 } as const;
export const READINESS = { periodSeconds: 5, timeoutSeconds: 3 } as const;

export interface AnsweringProps {
  readonly port: number;
  /** @default http */
  readonly portName?: string;
  /** Paths that answer whether it lives, and whether it takes requests. */
  readonly liveness: string;
  readonly readiness: string;
}

/** The fields of a container that answers at one port. */
export const answering = ({ port, portName = 'http', liveness, readiness }: AnsweringProps) => ({
  ports: [{ name: portName, containerPort: port }],
  livenessProbe: httpProbe(liveness, port, LIVENESS),
  readinessProbe: httpProbe(readiness, port, READINESS),
});
