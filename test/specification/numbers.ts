import type { Fields } from './fields';
import { EnvironmentName } from '../fixtures';

/** Values of an environment in the specification's values files. */
export interface Numbers {
  readonly environment: string;
  readonly replicas: Readonly<Record<string, number>>;
  readonly resources: Readonly<Record<string, Fields>>;
  /** @default - the number of replicas stays */
  readonly autoscaling?: { readonly minReplicas: number; readonly maxReplicas: number };
  readonly hosts: { readonly app: string; readonly api: string; readonly grafana: string };
  /** Namespaces beside the platform's: name, team, security level. */
  readonly ownNamespaces: readonly (readonly [string, string, string])[];
}

const sizes = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string): Fields => ({
  requests: { cpu, memory },
  limits: { cpu: cpuLimit, memory: memoryLimit },
});

const replicas = (gateway: number, frontend: number, microservice: number) => ({
  'api-gateway': gateway,
  frontend,
  'auth-service': microservice,
  'tenant-service': microservice,
  'service-registry': microservice,
});

const MICROSERVICE = sizes('100m', '128Mi', '300m', '256Mi');

const RESOURCES = {
  'api-gateway': sizes('100m', '256Mi', '500m', '512Mi'),
  frontend: sizes('50m', '128Mi', '200m', '256Mi'),
  'auth-service': MICROSERVICE,
  'tenant-service': MICROSERVICE,
  'service-registry': MICROSERVICE,
};

/** Grafana's stands in its manifest, which is production's. */
const HOSTS = { app: 'platform.com', api: 'api.platform.com', grafana: 'grafana.platform.com' };

/** The hosts that staging has instead: one name cannot lead to two environments. */
export const STAGING_HOSTS = {
  app: 'staging.platform.com',
  api: 'api-staging.platform.com',
  grafana: 'grafana-staging.platform.com',
};

/** values-dev.yaml, values.yaml and values-prod.yaml. */
export const NUMBERS: Readonly<Record<EnvironmentName, Numbers>> = {
  dev: {
    environment: 'development',
    replicas: replicas(1, 1, 1),
    resources: { ...RESOURCES, 'api-gateway': sizes('50m', '128Mi', '200m', '256Mi') },
    hosts: { ...HOSTS, app: 'dev.platform.com', api: 'api-dev.platform.com' },
    ownNamespaces: [['platform-dev', 'development', 'low']],
  },
  staging: {
    environment: 'staging',
    replicas: replicas(3, 3, 2),
    resources: RESOURCES,
    autoscaling: { minReplicas: 2, maxReplicas: 10 },
    hosts: HOSTS,
    ownNamespaces: [['platform-staging', 'qa', 'medium']],
  },
  prod: {
    environment: 'production',
    replicas: replicas(5, 5, 3),
    resources: { ...RESOURCES, 'api-gateway': sizes('200m', '512Mi', '1000m', '1Gi') },
    autoscaling: { minReplicas: 3, maxReplicas: 20 },
    hosts: HOSTS,
    ownNamespaces: [],
  },
};
