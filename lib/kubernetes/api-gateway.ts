import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { ServiceConfig } from '../config/environment';
import { placement } from '../config/node-placement';
import { SERVICE_DEPENDENCIES } from '../config/services';
import { authoritiesVolume } from './certificate-authorities';
import { PLATFORM_CONFIG } from './endpoints';
import type { Manifest } from './manifest';
import { serviceSecrets, type ServiceSecrets, type ServiceSecretsProps } from './service-secrets';

export interface ApiGatewayProps
  extends Pick<ServiceConfig, 'replicas' | 'resources'>, Pick<ServiceSecretsProps, 'region' | 'arns' | 'endpoints'> {
  /** Full image reference with its tag. */
  readonly image: string;
  /** Changes with the content of `platform-config`, so that pods get it. */
  readonly configChecksum: string;
}

/** Name of the service, its label `app` and its service account. */
export const API_GATEWAY = { name: 'api-gateway', namespace: 'platform-core' } as const;
const { name: NAME, namespace: NAMESPACE } = API_GATEWAY;
/** The immutable part of the labels: what the Service and the Deployment select by. */
const selector = () => ({ app: NAME });

/**
 * The public API's entry: every request of a client passes through it.
 *
 * It names no imagePullSecrets: nodes pull from the registry of their account with their own role.
 */
export const apiGateway = (props: ApiGatewayProps): readonly Manifest[] => {
  const secrets = serviceSecrets({ ...API_GATEWAY, ...props, dependencies: SERVICE_DEPENDENCIES[NAME] });
  return [secrets.serviceAccount, secrets.secretProviderClass, deployment(props, secrets), service()];
};

const deployment = (
  { image, replicas, resources, configChecksum }: ApiGatewayProps,
  secrets: ServiceSecrets,
): Manifest<Deployment> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: NAME, namespace: NAMESPACE, labels: { ...selector(), version: 'v1' } },
  spec: {
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    selector: { matchLabels: selector() },
    template: {
      metadata: {
        labels: { ...selector(), version: 'v1' },
        annotations: {
          'prometheus.io/scrape': 'true',
          'prometheus.io/port': '9090',
          'prometheus.io/path': '/metrics',
          'checksum/platform-config': configChecksum,
        },
      },
      spec: {
        serviceAccountName: NAME,
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1001,
          fsGroup: 1001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: NAME,
            image,
            imagePullPolicy: 'Always',
            ports: [
              { containerPort: 3000, name: 'http' },
              { containerPort: 9090, name: 'metrics' },
            ],
            env: [
              { name: 'NODE_ENV', value: 'production' },
              { name: 'PORT', value: '3000' },
              { name: 'METRICS_PORT', value: '9090' },
              authoritiesVolume().variable,
              ...secrets.env,
            ],
            envFrom: [{ configMapRef: { name: PLATFORM_CONFIG } }],
            resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
            livenessProbe: {
              httpGet: { path: '/health', port: 3000 },
              initialDelaySeconds: 30,
              periodSeconds: 10,
              timeoutSeconds: 5,
              failureThreshold: 3,
            },
            readinessProbe: {
              httpGet: { path: '/ready', port: 3000 },
              initialDelaySeconds: 5,
              periodSeconds: 5,
              timeoutSeconds: 3,
              failureThreshold: 3,
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'logs', mountPath: '/app/logs' },
              secrets.mount,
              authoritiesVolume().mount,
            ],
          },
        ],
        volumes: [
          { name: 'tmp', emptyDir: {} },
          { name: 'logs', emptyDir: {} },
          secrets.volume,
          authoritiesVolume().volume,
        ],
        ...placement('application'),
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: {
                  labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [NAME] }] },
                  topologyKey: 'kubernetes.io/hostname',
                },
              },
            ],
          },
        },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: selector() },
            matchLabelKeys: ['pod-template-hash'], // a rollout spreads its own pods, whatever the old ones do
            nodeTaintsPolicy: 'Honor', // a zone whose nodes are lost does not count
          },
        ],
      },
    },
  },
});

const service = (): Manifest<Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: NAME,
    namespace: NAMESPACE,
    labels: selector(),
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' },
  },
  spec: {
    type: 'ClusterIP',
    ports: [
      { port: 80, targetPort: 3000, protocol: 'TCP', name: 'http' },
      { port: 9090, targetPort: 9090, protocol: 'TCP', name: 'metrics' },
    ],
    selector: selector(),
  },
});
