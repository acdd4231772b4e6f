import type { Container, EnvVar, PodSpec } from 'kubernetes-types/core/v1';
import type { ServiceConfig } from '../config/environment';
import { placement } from '../model/node-placement';
import { SERVICE_PORT } from '../model/services';
import { SITES } from '../model/sites';
import { authoritiesVolume } from './certificate-authorities';
import { containerResources } from './container-resources';
import { PLATFORM_CONFIG } from './data-endpoints';
import { PLATFORM_PRIORITY } from './priority-class';
import type { ServiceSecrets, ServiceSecretsProps } from './service-secrets';
import { securityContext } from './security-context';

export interface ServicePodProps extends ServiceSecretsProps, Pick<ServiceConfig, 'resources'> {
  /** Full image reference with its tag. */
  readonly image: string;
  /** Where users find each site, e.g. `https://api.platform.com`. */
  readonly urls: Readonly<Record<'app' | 'api', string>>;
}

/** What all pods of a service have in common: the image with its variables, folders, rights and place. */
export interface ServicePod {
  readonly container: Container;
  readonly spec: Omit<PodSpec, 'containers'>;
}

/** Port of its metrics. */
export const METRICS_PORT = 9090;

/** The pod of a service, without what makes it serve. */
export const servicePod = (props: ServicePodProps, secrets: ServiceSecrets): ServicePod => {
  const { name, image, resources, definition } = props;
  const folders = Object.entries({ tmp: '/tmp', ...definition.writable });
  const data = usesData(props) ? [authoritiesVolume()] : [];
  return {
    container: {
      name,
      image,
      imagePullPolicy: 'Always',
      env: [...variables(props), ...data.map(({ variable }) => variable), ...secrets.env],
      ...(usesData(props) && { envFrom: [{ configMapRef: { name: PLATFORM_CONFIG } }] }),
      resources: containerResources(resources),
      securityContext: securityContext(),
      volumeMounts: [
        ...folders.map(([volume, mountPath]) => ({ name: volume, mountPath })),
        ...secrets.mounts,
        ...data.map(({ mount }) => mount),
      ],
    },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: definition.kubernetes === true,
      enableServiceLinks: false, // else each Service of the namespace puts variables in, like AUTH_SERVICE_PORT
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1001,
        fsGroup: 1001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumes: [
        ...folders.map(([volume]) => ({ name: volume, emptyDir: {} })),
        ...secrets.volumes,
        ...data.map(({ volume }) => volume),
      ],
      priorityClassName: PLATFORM_PRIORITY,
      ...placement('application'),
    },
  };
};

const usesData = ({ definition: { database, redis } }: ServicePodProps): boolean => database !== undefined || redis;

const { name: API, namespace: API_NAMESPACE } = SITES.api.target;

const variables = ({ name, definition, urls }: ServicePodProps): readonly EnvVar[] => [
  { name: 'NODE_ENV', value: 'production' },
  { name: 'PORT', value: `${SERVICE_PORT}` },
  { name: 'SERVICE_NAME', value: name },
  { name: 'METRICS_PORT', value: `${METRICS_PORT}` },
  ...(definition.publicUrls
    ? [
        { name: 'API_URL', value: `http://${API}.${API_NAMESPACE}` },
        { name: 'NEXT_PUBLIC_API_URL', value: urls.api },
        { name: 'NEXT_PUBLIC_APP_URL', value: urls.app },
      ]
    : []),
];
