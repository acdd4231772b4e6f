import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { apiGateway } from '../../lib/kubernetes/api-gateway';

const resources = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } };
const props = {
  image: 'registry/api-gateway:1.0.0',
  replicas: 3,
  resources,
  region: 'eu-north-1',
  arns: { database: 'arn:database', redis: 'arn:redis', jwt: 'arn:jwt' },
  configChecksum: 'abc',
  endpoints: {
    mysqlWriter: 'writer',
    mysqlPrimary: 'primary',
    mysqlReaders: ['reader'],
    mysqlPort: 3306,
    redis: 'cache',
    redisPort: 6379,
  },
};
const made = (kind: string): unknown => apiGateway(props).find((object) => object.kind === kind);
const deployment = made('Deployment') as Deployment;
const service = made('Service') as Service;
const pod = deployment.spec!.template;
const [container] = pod.spec!.containers;

const secret = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'api-gateway-secrets', key } } });

describe('the Deployment (S18)', () => {
  test('rolls out without taking a pod away first', () => {
    expect(deployment.spec).toMatchObject({
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
  });

  test('selects the pods that it makes', () => {
    expect(pod.metadata?.labels).toMatchObject(deployment.spec!.selector.matchLabels!);
    expect(pod.metadata?.labels).toEqual({ app: 'api-gateway', version: 'v1' });
  });

  test('tells Prometheus where its metrics are', () => {
    expect(pod.metadata?.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9090',
      'prometheus.io/path': '/metrics',
      'checksum/platform-config': 'abc', // a change of where the data is reaches running pods
    });
  });

  test('gets its own secrets and no others, and composes its URLs of them (S26)', () => {
    expect(container!.env).toEqual([
      { name: 'NODE_ENV', value: 'production' },
      { name: 'PORT', value: '3000' },
      { name: 'METRICS_PORT', value: '9090' },
      { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/aws-authorities/ca.pem' },
      { name: 'REDIS_PASSWORD', ...secret('redis-password') },
      { name: 'REDIS_PASSWORD_FILE', value: '/var/run/secrets/platform/redis-password' },
      { name: 'REDIS_URL', value: 'rediss://api-gateway:$(REDIS_PASSWORD)@cache:6379' },
      { name: 'REDIS_KEY_PREFIX', value: 'api-gateway:' },
      { name: 'JWT_SECRET', ...secret('jwt-secret') },
      { name: 'DATABASE_PASSWORD', ...secret('core-database-password') },
      { name: 'DATABASE_PASSWORD_FILE', value: '/var/run/secrets/platform/core-database-password' },
      { name: 'DATABASE_URL', value: 'mysql://core:$(DATABASE_PASSWORD)@writer:3306/core' },
    ]);
    expect(container!.envFrom).toEqual([{ configMapRef: { name: 'platform-config' } }]);
    expect(pod.spec!.serviceAccountName).toBe('api-gateway');
  });

  test('is probed for life and readiness', () => {
    const probe = { port: 3000 };
    expect(container!.livenessProbe).toEqual({
      httpGet: { path: '/health', ...probe },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
    expect(container!.readinessProbe).toEqual({
      httpGet: { path: '/ready', ...probe },
      initialDelaySeconds: 5,
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
  });

  test('has no token of the Kubernetes API, and pulls its image with the rights of its node', () => {
    expect(pod.spec!.automountServiceAccountToken).toBe(false);
    expect(pod.spec!.imagePullSecrets).toBeUndefined();
  });

  test('keeps to the restricted Pod Security standard, with room to write in two volumes', () => {
    expect(pod.spec!.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1001,
      fsGroup: 1001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container!.volumeMounts?.map(({ name }) => name)).toEqual(pod.spec!.volumes?.map(({ name }) => name));
  });

  test('runs on application nodes, spread over machines and zones', () => {
    expect(pod.spec).toMatchObject({
      nodeSelector: { 'node-type': 'application' },
      tolerations: [{ key: 'application', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    });
    expect(JSON.stringify(pod.spec!.affinity)).toContain('kubernetes.io/hostname');
    expect(pod.spec!.topologySpreadConstraints).toEqual([
      expect.objectContaining({
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'api-gateway' } },
        matchLabelKeys: ['pod-template-hash'], // a rollout is not hindered by where the old pods are
        nodeTaintsPolicy: 'Honor', // a lost zone does not count
      }),
    ]);
  });
});

test('the Service leads to the ports of the pods (S19)', () => {
  expect(service.metadata?.annotations).toEqual({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' });
  expect(service.spec?.ports).toEqual([
    { port: 80, targetPort: 3000, protocol: 'TCP', name: 'http' },
    { port: 9090, targetPort: 9090, protocol: 'TCP', name: 'metrics' },
  ]);
  expect(pod.metadata?.labels).toMatchObject(service.spec!.selector!);
  const open = container!.ports?.map(({ containerPort }) => containerPort);
  expect(service.spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(open);
});

test('makes fresh objects on every call, for applying one changes it', () => {
  const again = apiGateway(props);
  expect(again).toEqual(apiGateway(props));
  const changed = again.find(({ kind }) => kind === 'Deployment') as Deployment;
  changed.spec!.selector.matchLabels!.app = 'changed';
  expect(JSON.stringify(again).match(/changed/g)).toHaveLength(1);
  expect(JSON.stringify(apiGateway(props))).not.toContain('changed');
});
