import type { Container, EnvVar, PodSpec } from 'kubernetes-types/core/v1';
import type { ServiceConfig } from '../config/environment';
import { METRICS_PORT, SERVICE_PORT } from '../model/services';
import { SITES } from '../model/sites';
import { authoritiesVolume } from './certificate-authorities';
import { PLATFORM_CONFIG } from './data-endpoints';
import { container } from './objects/container';
import { podSpec } from './objects/pod-spec';
import { podSecurityContext } from './objects/security-context';
import type { ServiceSecrets, ServiceSecretsProps } from './service-secrets';

export interface ServicePodProps extends ServiceSecretsProps, Pick<ServiceConfig, 'resources'> {
  /** Full image reference with its tag. */
  readonly image: string;
  /** Where users find each site, e.g. `https://api.platform.com`. */
  readonly urls: Readonly<Record<'app' | 'api', string>>;
}

/** Fields that all pods of a service have in common: the image with its variables, folders, rights and place. */
export interface ServicePod {
  readonly container: Container;
  readonly spec: Omit<PodSpec, 'containers'>;
}

/** User that the images are built for. */
const USER = 1001;

/** The pod of a service, without what makes it serve. */
export const servicePod = (props: ServicePodProps, secrets: ServiceSecrets): ServicePod => {
  const { name, image, resources, definition } = props;
  const folders = Object.entries({ tmp: '/tmp', ...definition.writable });
  const data = usesData(props) ? [authoritiesVolume()] : [];
  return {
    container: container({
      name,
      image,
      env: [...variables(props), ...data.map(({ variable }) => variable), ...secrets.env],
      ...(usesData(props) && { envFrom: [{ configMapRef: { name: PLATFORM_CONFIG } }] }),
      resources,
      volumeMounts: [
        ...folders.map(([volume, mountPath]) => ({ name: volume, mountPath })),
        ...secrets.mounts,
        ...data.map(({ mount }) => mount),
      ],
    }),
    spec: podSpec({
      serviceAccountName: name,
      token: definition.kubernetes === true,
      nodeGroup: 'application',
      securityContext: podSecurityContext(USER, { fsGroup: USER }),
      volumes: [
        ...folders.map(([volume]) => ({ name: volume, emptyDir: {} })),
        ...secrets.volumes,
        ...data.map(({ volume }) => volume),
      ],
    }),
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
