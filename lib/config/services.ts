import type { ServiceConfig, ServiceName } from './environment';

/** Requests and limits of each service, as in the specification's values.yaml; an environment may override them. */
export const SERVICE_RESOURCES: Readonly<Record<ServiceName, ServiceConfig['resources']>> = {
  'api-gateway': { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  frontend: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
  'auth-service': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
  'tenant-service': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
  'service-registry': { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '300m', memory: '256Mi' } },
};
