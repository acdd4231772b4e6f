import type { Section } from './difference';
import { CONTAINER, ownSecret, POD, SECRETS_FOLDER, variable } from './pods';

const every: Section = {
  title: 'Deployment of every service',
  objects: /^Deployment platform-(core|apps)\//,
  differences: [
    {
      fields: { 'spec.replicas': undefined },
      environments: ['staging', 'prod'],
      reason: 'The autoscaler owns the number of replicas. A deployment would reset it.',
    },
    {
      fields: { [`${CONTAINER}.image`]: '*.dkr.ecr.*.amazonaws.com/platform/{name}:*' },
      reason: "Images come from the registry of the environment's account, at the tag of its configuration.",
    },
    {
      fields: { 'spec.template.metadata.labels.release': '*' },
      reason: 'A deployment waits for a pod of the release that it brings, and fails without one.',
    },
    {
      fields: { [`${POD}.imagePullSecrets`]: undefined },
      reason: 'Nodes pull from the registry of their account, with their own role.',
    },
    {
      fields: { [`${POD}.serviceAccountName`]: '{name}' },
      reason: 'Each service has its own identity, which may read only its own secrets.',
    },
    {
      fields: { [`${POD}.enableServiceLinks`]: false },
      reason: 'Otherwise each Service of the namespace puts variables into every pod.',
    },
    {
      fields: { [`${POD}.priorityClassName`]: 'platform-critical' },
      reason: 'If there is too little room, pods of the platform preempt pods of tenants.',
    },
    {
      fields: {
        [`${CONTAINER}.resources.requests.ephemeral-storage`]: '64Mi',
        [`${CONTAINER}.resources.limits.ephemeral-storage`]: '1Gi',
      },
      reason: 'A single pod cannot fill the disk of its node.',
    },
    {
      fields: { [`${POD}.terminationGracePeriodSeconds`]: 90 },
      reason: 'After its preStop wait, an ending pod has time to finish its requests.',
    },
    {
      fields: { [`${POD}.securityContext.seccompProfile.type`]: 'RuntimeDefault' },
      reason: 'Pod Security requires it.',
    },
    {
      fields: {
        [`${POD}.topologySpreadConstraints`]: [
          {
            maxSkew: 1,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: '{name}' } },
            matchLabelKeys: ['pod-template-hash'],
            nodeTaintsPolicy: 'Honor',
          },
        ],
      },
      reason: 'The loss of a zone does not take all pods of a service. The specified anti-affinity covers only nodes.',
    },
  ],
};

const behindLoadBalancer: Section = {
  title: 'Deployment of `api-gateway` and `frontend`',
  objects: /^Deployment .*\/(api-gateway|frontend)$/,
  differences: [
    {
      fields: { [`${POD}.readinessGates`]: [{ conditionType: 'target-health.elbv2.k8s.aws/{name}-blue' }] },
      reason: 'A rollout continues once the load balancer sends requests to the new pod.',
    },
    {
      fields: {
        'metadata.labels.color': 'blue',
        'spec.selector.matchLabels.color': 'blue',
        'spec.template.metadata.labels.color': 'blue',
      },
      reason:
        'The specification asks for blue-green, and has one Deployment. There is one for each color, `{name}-blue` and `{name}-green` (ADR 23).',
    },
    {
      fields: { [`${CONTAINER}.lifecycle.preStop.sleep.seconds`]: 40 },
      reason: 'A pod keeps running until the load balancer has stopped sending requests to it.',
    },
  ],
};

const behindService: Section = {
  title: 'Deployment of a microservice',
  objects: /^Deployment platform-core\/(auth-service|tenant-service|service-registry)$/,
  differences: [
    {
      fields: { [`${CONTAINER}.lifecycle.preStop.sleep.seconds`]: 5 },
      reason: 'A pod keeps running until all nodes know that its Service leads elsewhere.',
    },
  ],
};

const withoutToken: Section = {
  title: 'Deployment of every service that does not ask Kubernetes anything',
  objects: /^Deployment platform-(core|apps)\/(?!tenant-service$)/,
  differences: [
    {
      fields: { [`${POD}.automountServiceAccountToken`]: false },
      reason: 'It does not talk to Kubernetes.',
    },
  ],
};

const withToken: Section = {
  title: 'Deployment of tenant-service',
  objects: /^Deployment platform-core\/tenant-service$/,
  differences: [
    {
      fields: { [`${POD}.automountServiceAccountToken`]: true },
      reason: 'It manages the workloads in the namespaces of tenants, as its RBAC roles allow.',
    },
  ],
};

const core: Section = {
  title: 'Deployment of the services behind the API',
  objects: /^Deployment platform-core\//,
  differences: [
    SECRETS_FOLDER,
    {
      fields: {
        ...variable('REDIS_URL', { value: 'rediss://{name}:$(REDIS_PASSWORD)@*:6379' }),
        ...variable('REDIS_PASSWORD', ownSecret('redis-password')),
        ...variable('REDIS_PASSWORD_FILE', { value: '/var/run/secrets/platform/redis-password' }),
        ...variable('REDIS_KEY_PREFIX', { value: '{name}:' }),
      },
      reason:
        'Each service is a Redis user with its own keys. The pod composes its URL, so that a password can rotate.',
    },
    {
      fields: {
        ...variable('DATABASE_URL', { value: 'mysql://{database}:$(DATABASE_PASSWORD)@*:3306/{database}' }),
        ...variable('DATABASE_PASSWORD', ownSecret('{database}-database-password')),
        ...variable('DATABASE_PASSWORD_FILE', { value: '/var/run/secrets/platform/{database}-database-password' }),
      },
      reason: 'Each service is a user of its own database. The pod composes its URL, so that a password can rotate.',
    },
    {
      fields: {
        ...variable('NODE_EXTRA_CA_CERTS', { value: '/etc/aws-authorities/ca.pem' }),
        [`${POD}.volumes[aws-authorities]`]: { configMap: { name: 'aws-authorities' } },
        [`${CONTAINER}.volumeMounts[aws-authorities]`]: { mountPath: '/etc/aws-authorities', readOnly: true },
      },
      reason:
        'Connections to the data tiers are encrypted. Clients verify them with the certificate authorities of AWS.',
    },
    {
      fields: { 'spec.template.metadata.annotations.checksum/platform-config': '*' },
      reason: 'Kubernetes replaces the pods when the endpoints in their variables change.',
    },
  ],
};

const gateway: Section = {
  title: 'Deployment `api-gateway`',
  objects: /^Deployment platform-core\/api-gateway$/,
  differences: [
    {
      fields: variable('JWT_SECRET', ownSecret('jwt-secret')),
      reason: 'Each service has a Secret of its own instead of `platform-secrets`.',
    },
    {
      fields: {
        ...variable('SERVICE_NAME', { value: '{name}' }),
        [`${CONTAINER}.envFrom`]: [{ configMapRef: { name: 'platform-config' } }],
      },
      reason: 'All services behind the API find the same variables.',
    },
  ],
};

const microservices: Section = {
  title: 'Deployment of the microservices',
  objects: /^Deployment platform-core\/(auth-service|tenant-service|service-registry)$/,
  differences: [
    {
      fields: {
        [`${POD}.initContainers`]: undefined,
        [`${POD}.volumes[migrations]`]: undefined,
      },
      reason: 'A Job migrates once for each image, before the rollout, instead of every pod at every start (ADR 10).',
    },
    {
      fields: { [`${CONTAINER}.envFrom[1]`]: undefined },
      reason: 'A service gets only the secrets that it uses.',
    },
    {
      fields: variable('SENTRY_DSN', ownSecret('sentry-dsn')),
      environments: ['staging', 'prod'],
      reason: 'It is the only key of `platform-secrets` that the service used. Dev reports no errors to Sentry.',
    },
  ],
};

const auth: Section = {
  title: 'Deployment `auth-service`',
  objects: /^Deployment platform-core\/auth-service$/,
  differences: [
    {
      fields: variable('JWT_SECRET', ownSecret('jwt-secret')),
      reason: 'It signs the tokens. The specification gave it the key together with all other secrets.',
    },
  ],
};

/** In what Deployments are meant to differ; those of the frontend alone have a file of their own. */
export const DEPLOYMENTS: readonly Section[] = [
  every,
  behindLoadBalancer,
  behindService,
  withoutToken,
  withToken,
  core,
  gateway,
  microservices,
  auth,
];
