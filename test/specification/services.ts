import { under, type Fields } from './fields';
import type { Numbers } from './numbers';
import { ON_APPLICATION_NODES, SPREAD_OVER_NODES } from './pods';

/** A service as the specification has it. */
export interface SpecifiedService {
  readonly name: string;
  readonly namespace: string;
  readonly pod: Fields;
  readonly container: Fields;
  /** Labels beside `app`. */
  readonly labels: Fields;
  /** Annotations of its pods. */
  readonly annotations: Fields;
  /** Fields of its Service beside what all have. */
  readonly address: Fields;
  /** Its database, after which its secret is named. @default - it has none */
  readonly database?: string;
}

const secretKey = (key: string): Fields => ({ 'valueFrom.secretKeyRef': { name: 'platform-secrets', key } });

const probe = (path: string, initialDelaySeconds: number, periodSeconds: number): Fields => ({
  'httpGet.path': path,
  'httpGet.port': 3000,
  initialDelaySeconds,
  periodSeconds,
});

const probes = (liveness: string, readiness: string): Fields => ({
  ...under('livenessProbe', probe(liveness, 30, 10)),
  ...under('readinessProbe', probe(readiness, 5, 5)),
});

/** Writable folders, by the name of their volume. */
const folders = (paths: Readonly<Record<string, string>>) => ({
  pod: Object.fromEntries(Object.keys(paths).map((name) => [`volumes[${name}].emptyDir`, {}])),
  container: Object.fromEntries(Object.entries(paths).map(([name, path]) => [`volumeMounts[${name}].mountPath`, path])),
});

/** Of the pods of every service. */
const POD: Fields = {
  'securityContext.runAsNonRoot': true,
  'securityContext.runAsUser': 1001,
  'securityContext.fsGroup': 1001,
  imagePullSecrets: [{ name: 'registry-credentials' }],
};

const CONTAINER: Fields = {
  image: 'platform/{name}:1.0.0',
  imagePullPolicy: 'Always',
  'ports[http].containerPort': 3000,
  'env[NODE_ENV].value': 'production',
  'securityContext.allowPrivilegeEscalation': false,
  'securityContext.readOnlyRootFilesystem': true,
  'securityContext.capabilities.drop': ['ALL'],
};

/** Of the services behind the API. */
const CORE_POD: Fields = {
  ...POD,
  ...folders({ tmp: '/tmp', logs: '/app/logs' }).pod,
  ...ON_APPLICATION_NODES,
  ...SPREAD_OVER_NODES,
};

const CORE_CONTAINER: Fields = {
  ...CONTAINER,
  ...folders({ tmp: '/tmp', logs: '/app/logs' }).container,
  ...probes('/health', '/ready'),
  'livenessProbe.timeoutSeconds': 5,
  'livenessProbe.failureThreshold': 3,
  'readinessProbe.timeoutSeconds': 3,
  'readinessProbe.failureThreshold': 3,
  'ports[metrics].containerPort': 9090,
  'env[PORT].value': '3000',
  'env[METRICS_PORT].value': '9090',
  ...under('env[REDIS_URL]', secretKey('redis-url')),
  ...under('env[DATABASE_URL]', secretKey('{database}-database-url')),
};

const SCRAPED: Fields = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' };

const CORE_ADDRESS: Fields = {
  ...under('metadata.annotations', SCRAPED),
  'spec.ports[metrics]': { port: 9090, targetPort: 9090, protocol: 'TCP' },
};

const gateway: SpecifiedService = {
  name: 'api-gateway',
  namespace: 'platform-core',
  database: 'core',
  pod: CORE_POD,
  container: { ...CORE_CONTAINER, ...under('env[JWT_SECRET]', secretKey('jwt-secret')) },
  labels: { version: 'v1' },
  annotations: { ...SCRAPED, 'prometheus.io/path': '/metrics' },
  address: CORE_ADDRESS,
};

const microservice = (name: string, database: string): SpecifiedService => ({
  name,
  namespace: 'platform-core',
  database,
  pod: {
    ...CORE_POD,
    'volumes[migrations].emptyDir': {},
    'initContainers[migration]': {
      image: 'platform/{name}:1.0.0',
      command: ['npm', 'run', 'migrate'],
      envFrom: [{ secretRef: { name: 'platform-secrets' } }],
      volumeMounts: [{ name: 'migrations', mountPath: '/app/migrations' }],
    },
  },
  container: {
    ...CORE_CONTAINER,
    'env[SERVICE_NAME].value': '{name}',
    envFrom: [{ configMapRef: { name: 'platform-config' } }, { secretRef: { name: 'platform-secrets' } }],
  },
  labels: { version: 'v1', 'service-type': 'microservice' },
  annotations: { ...SCRAPED, 'prometheus.io/path': '/metrics', 'sidecar.istio.io/inject': 'true' },
  address: { ...CORE_ADDRESS, 'metadata.labels.service-type': 'microservice' },
});

const FRONTEND_FOLDERS = folders({ tmp: '/tmp', cache: '/app/.next/cache' });

const frontend = ({ api, app }: Numbers['hosts']): SpecifiedService => ({
  name: 'frontend',
  namespace: 'platform-apps',
  pod: { ...POD, ...FRONTEND_FOLDERS.pod },
  container: {
    ...CONTAINER,
    ...FRONTEND_FOLDERS.container,
    ...probes('/api/health', '/api/ready'),
    'env[NEXT_PUBLIC_API_URL].value': `https://${api}`,
    'env[NEXT_PUBLIC_APP_URL].value': `https://${app}`,
    ...under('env[NEXT_PUBLIC_SENTRY_DSN]', secretKey('sentry-dsn')),
  },
  labels: { tier: 'frontend' },
  annotations: SCRAPED,
  address: { 'metadata.labels.tier': 'frontend' },
});

/** The services of the specification: two Deployments, and three uses of its template. */
export const services = ({ hosts }: Numbers): readonly SpecifiedService[] => [
  gateway,
  frontend(hosts),
  microservice('auth-service', 'auth'),
  microservice('tenant-service', 'tenant'),
  microservice('service-registry', 'registry'),
];
