import type { ServiceConfig, ServiceName } from './environment';

/** Requests and limits of each service, as in the specification's values.yaml; an environment may override them. */
export const SERVICE_RESOURCES: Readonly<Record<ServiceName, ServiceConfig['resources']>> = {
  'api-gateway': { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  frontend: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
  'auth-service': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
  'tenant-service': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
  'service-registry': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
};

/** What a service needs of the data tiers and of the secrets. The same in every environment. */
export interface ServiceDependencies {
  /** Its database, a schema of MySQL: also the name of the user who sees nothing else. */
  readonly database?: string;
  /** It uses Redis, as a user of its own name. */
  readonly redis: boolean;
  /** It signs or verifies the tokens of users. */
  readonly jwt: boolean;
  /** It reports errors to Sentry, where the environment does. */
  readonly sentry: boolean;
}

export const SERVICE_DEPENDENCIES: Readonly<Record<ServiceName, ServiceDependencies>> = {
  'api-gateway': { database: 'core', redis: true, jwt: true, sentry: false },
  frontend: { redis: false, jwt: false, sentry: true },
  'auth-service': { database: 'auth', redis: true, jwt: true, sentry: true },
  'tenant-service': { database: 'tenant', redis: true, jwt: false, sentry: true },
  'service-registry': { database: 'registry', redis: true, jwt: false, sentry: true },
};

/** The databases of all services. */
export const DATABASES: readonly string[] = [
  ...new Set(Object.values(SERVICE_DEPENDENCIES).flatMap(({ database }) => database ?? [])),
];

/** The services that use Redis. */
export const REDIS_USERS: readonly string[] = Object.entries(SERVICE_DEPENDENCIES).flatMap(([name, { redis }]) =>
  redis ? [name] : [],
);
