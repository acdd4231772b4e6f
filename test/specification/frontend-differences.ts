import type { Section } from './difference';
import { under } from './fields';
import { STAGING_HOSTS } from './numbers';
import { CONTAINER, ON_APPLICATION_NODES, ownSecret, POD, SECRETS_FOLDER, SPREAD_OVER_NODES, variable } from './pods';

const deployment: Section = {
  title: 'Deployment `frontend`',
  objects: /^Deployment platform-apps\/frontend$/,
  differences: [
    {
      fields: {
        ...variable('PORT', { value: '3000' }),
        ...variable('METRICS_PORT', { value: '9090' }),
        ...variable('SERVICE_NAME', { value: '{name}' }),
      },
      reason: 'All services find the same variables.',
    },
    {
      fields: {
        [`${CONTAINER}.ports[metrics]`]: { containerPort: 9090 },
        'spec.template.metadata.annotations.prometheus.io/path': '/metrics',
        'metadata.labels.version': 'v1',
        'spec.template.metadata.labels.version': 'v1',
      },
      reason: 'Prometheus watches it like the other services. Its pods did not have the annotated port 9090.',
    },
    {
      fields: {
        [`${CONTAINER}.livenessProbe.timeoutSeconds`]: 5,
        [`${CONTAINER}.livenessProbe.failureThreshold`]: 3,
        [`${CONTAINER}.readinessProbe.timeoutSeconds`]: 3,
        [`${CONTAINER}.readinessProbe.failureThreshold`]: 3,
      },
      reason: 'It has as much time to answer as the other services. The default of Kubernetes is one second.',
    },
    {
      fields: under(POD, ON_APPLICATION_NODES),
      reason: 'Every node has a taint. Without a toleration it would run nowhere.',
    },
    {
      fields: under(POD, SPREAD_OVER_NODES),
      reason: 'Its pods spread over nodes like those of the other services.',
    },
    {
      fields: variable('NEXT_PUBLIC_SENTRY_DSN', undefined),
      environments: ['dev'],
      reason: 'Development reports no errors to Sentry.',
    },
    {
      fields: variable('NEXT_PUBLIC_SENTRY_DSN', ownSecret('sentry-dsn')),
      environments: ['staging', 'prod'],
      reason: 'Each service has a Secret of its own instead of `platform-secrets`.',
    },
    { ...SECRETS_FOLDER, environments: ['staging', 'prod'] },
    {
      fields: variable('API_URL', { value: 'http://api-gateway.platform-core' }),
      reason:
        'Server-rendered pages call the API inside the cluster. From outside, all of their readers would share one address.',
    },
    {
      fields: {
        ...variable('NEXT_PUBLIC_API_URL', { value: `https://${STAGING_HOSTS.api}` }),
        ...variable('NEXT_PUBLIC_APP_URL', { value: `https://${STAGING_HOSTS.app}` }),
      },
      environments: ['staging'],
      reason: 'The values give staging the hosts of production. One name cannot lead to both.',
    },
  ],
};

const service: Section = {
  title: 'Service `frontend`',
  objects: /^Service platform-apps\/frontend$/,
  differences: [
    {
      fields: {
        'spec.ports[metrics]': { port: 9090, targetPort: 9090, protocol: 'TCP' },
      },
      reason: 'Prometheus watches it like the other services, by the Service of each color.',
    },
  ],
};

/** In what the frontend is meant to differ. */
export const FRONTEND: readonly Section[] = [deployment, service];
