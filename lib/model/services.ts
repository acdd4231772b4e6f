import type { ServiceName, SiteName } from './names';
import { APPS_NAMESPACE, CORE_NAMESPACE } from './namespaces';
import type { Resources } from './resources';

/** Port on which a service answers. */
export const SERVICE_PORT = 3000;
/** Port of its Service, which leads there. */
export const HTTP_PORT = 80;
/** Port of its metrics, of its pods and of its Service. */
export const METRICS_PORT = 9090;

/** Requests and limits of each service, as in the specification's values.yaml; an environment may override them. */
export const SERVICE_RESOURCES: Readonly<Record<ServiceName, Resources>> = {
  'api-gateway': { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  frontend: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
  'auth-service': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
  'tenant-service': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
  'service-registry': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
};

/** Of a Job that migrates a schema: the same for all, so that a service's own sizes migrate nothing. */
export const MIGRATION_RESOURCES: Resources = {
  requests: { cpu: '100m', memory: '256Mi' },
  limits: { cpu: '500m', memory: '512Mi' },
};

/** Of a Job that makes a database and its user. */
export const DATABASE_SETUP_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '128Mi' },
};

/** Of a Job that waits for a color. */
export const SWITCH_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '128Mi' },
};

/** A service and its needs, the same in every environment. */
export interface ServiceDefinition {
  readonly namespace: string;
  /** Labels beside `app` and `version`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of its pods beside those for Prometheus. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Paths that answer whether it lives, and whether it takes requests. */
  readonly probes: { readonly liveness: string; readonly readiness: string };
  /** Folders beside /tmp in which it writes, by the name of their volume. */
  readonly writable: Readonly<Record<string, string>>;
  /** It changes its schema by itself: `npm run migrate`, once for each version of its image. */
  readonly migrates: boolean;
  /** Its database, a schema of MySQL: also the name of the user who sees nothing else. */
  readonly database?: string;
  /** It uses Redis, as a user of its own name. */
  readonly redis: boolean;
  /** It signs or verifies the tokens of users. */
  readonly jwt: boolean;
  /** Variable with the place where it reports errors, where the environment uses Sentry. @default - it reports none */
  readonly sentryVariable?: string;
  /** The public site that it answers: the load balancer leads to it. One service for each site. @default - none */
  readonly site?: SiteName;
  /** Its pods get a token for the Kubernetes API, with the permissions of its service account's roles. @default false */
  readonly kubernetes?: boolean;
  /**
   * It renders pages: browsers get `NEXT_PUBLIC_API_URL` and `NEXT_PUBLIC_APP_URL` of it, and it calls the API at `API_URL` itself,
   * inside the cluster. From outside, all of its users would be one address. @default false
   */
  readonly publicUrls?: boolean;
}

/** Label of the services behind the API that requests of it reach. */
export const MICROSERVICE_LABELS = { 'service-type': 'microservice' } as const;

/** Label of the services that render pages. */
export const FRONTEND_LABELS = { tier: 'frontend' } as const;

/** Annotation, and label, that says whether Istio puts a sidecar into a pod. */
export const ISTIO_INJECT = 'sidecar.istio.io/inject';

/** Fields that the services behind the API have in common. */
const CORE = {
  namespace: CORE_NAMESPACE,
  labels: {},
  annotations: {},
  probes: { liveness: '/health', readiness: '/ready' },
  writable: { logs: '/app/logs' },
  migrates: false,
  redis: true,
  jwt: false,
} as const satisfies ServiceDefinition;

/** The specification's template of a microservice. */
const MICROSERVICE = {
  ...CORE,
  labels: MICROSERVICE_LABELS,
  annotations: { [ISTIO_INJECT]: 'true' },
  migrates: true,
  sentryVariable: 'SENTRY_DSN',
} as const satisfies ServiceDefinition;

/** The platform's services. */
export const SERVICES: Readonly<Record<ServiceName, ServiceDefinition>> = {
  'api-gateway': { ...CORE, database: 'core', jwt: true, site: 'api' },
  frontend: {
    namespace: APPS_NAMESPACE,
    labels: FRONTEND_LABELS,
    annotations: {},
    probes: { liveness: '/api/health', readiness: '/api/ready' },
    writable: { cache: '/app/.next/cache' },
    migrates: false,
    redis: false,
    jwt: false,
    sentryVariable: 'NEXT_PUBLIC_SENTRY_DSN',
    site: 'app',
    publicUrls: true,
  },
  'auth-service': { ...MICROSERVICE, database: 'auth', jwt: true },
  'tenant-service': { ...MICROSERVICE, database: 'tenant', kubernetes: true },
  'service-registry': { ...MICROSERVICE, database: 'registry' },
};

/** The databases of all services. */
export const DATABASES: readonly string[] = [
  ...new Set(Object.values(SERVICES).flatMap(({ database }) => database ?? [])),
];

/** The services that use Redis. */
export const REDIS_USERS: readonly string[] = Object.entries(SERVICES).flatMap(([name, { redis }]) =>
  redis ? [name] : [],
);
