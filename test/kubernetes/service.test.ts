import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { SERVICE_NAMES } from '../../lib/config/environment';
import { ORIGIN_READ_TIMEOUT } from '../../lib/model/origin';
import { SERVICES } from '../../lib/model/services';
import { preStopSeconds, TERMINATION_GRACE } from '../../lib/kubernetes/termination';
import { isSpecified } from '../fixtures/specified-services';
import { objectsOf, props } from './service-objects';

const made = <T>(kind: string, objects = objectsOf('api-gateway')): T =>
  objects.find((object) => object.kind === kind) as T;
const deployment = made<Deployment>('Deployment');
const address = made<Service>('Service');
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
    expect(pod.metadata?.labels).toMatchObject({ app: 'api-gateway', version: 'v1' });
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
      { name: 'SERVICE_NAME', value: 'api-gateway' },
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

  test.each([
    ['livenessProbe', { path: '/health', initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5 }],
    ['readinessProbe', { path: '/ready', initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 }],
  ] as const)('has a %s', (probe, { path, ...times }) => {
    expect(container![probe]).toEqual({ httpGet: { path, port: 3000 }, ...times, failureThreshold: 3 });
  });

  test('has no token of the Kubernetes API, and pulls its image with the rights of its node', () => {
    expect(pod.spec!.automountServiceAccountToken).toBe(false);
    expect(pod.spec!.imagePullSecrets).toBeUndefined();
  });

  test('has one only where the service uses that API, of those specified the one that looks after tenants', () => {
    const withToken = SERVICE_NAMES.filter(
      (name) =>
        made<Deployment>('Deployment', objectsOf(name)).spec!.template.spec!.automountServiceAccountToken === true,
    );
    expect(withToken).toEqual(SERVICE_NAMES.filter((name) => SERVICES[name].kubernetes === true));
    expect(withToken.filter(isSpecified)).toEqual(['tenant-service']);
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

const podOf = (name: (typeof SERVICE_NAMES)[number], change = {}) =>
  made<Deployment>('Deployment', objectsOf(name, change)).spec!.template.spec!;

describe('a rollout', () => {
  test('of a public service goes on when the load balancer sends to the new pod', () => {
    expect(pod.spec!.readinessGates).toEqual([{ conditionType: 'target-health.elbv2.k8s.aws/api-gateway-blue' }]);
    expect(podOf('auth-service').readinessGates).toBeUndefined(); // nothing would ever tell it
  });

  test('leaves a pod as it is until nobody sends it requests: the load balancer notices later than nodes', () => {
    const hooks = (['frontend', 'auth-service'] as const).map((name) => podOf(name).containers[0]!.lifecycle);
    expect(hooks).toEqual([{ preStop: { sleep: { seconds: 40 } } }, { preStop: { sleep: { seconds: 5 } } }]);
  });

  test('lets a pod finish the longest request for which CloudFront waits', () => {
    for (const name of SERVICE_NAMES) {
      expect(podOf(name).terminationGracePeriodSeconds).toBe(TERMINATION_GRACE);
      expect(preStopSeconds(SERVICES[name]) + ORIGIN_READ_TIMEOUT).toBeLessThanOrEqual(TERMINATION_GRACE);
    }
  });

  test('waits by a command of the image where Kubernetes cannot', () => {
    const hooks = ['1.28', '1.29', '1.30'].map(
      (kubernetesVersion) => podOf('frontend', { kubernetesVersion }).containers[0]!.lifecycle?.preStop,
    );
    const command = { exec: { command: ['sleep', '40'] } };
    expect(hooks).toEqual([command, command, { sleep: { seconds: 40 } }]);
  });
});

test('the Service leads to the ports of the pods (S19)', () => {
  expect(address.metadata?.annotations).toEqual({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' });
  expect(address.spec?.ports).toEqual([
    { port: 80, targetPort: 3000, protocol: 'TCP', name: 'http' },
    { port: 9090, targetPort: 9090, protocol: 'TCP', name: 'metrics' },
  ]);
  expect(pod.metadata?.labels).toMatchObject(address.spec!.selector!);
  const open = container!.ports?.map(({ containerPort }) => containerPort);
  expect(address.spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(open);
});

test('makes fresh objects on every call, for applying one changes it', () => {
  const again = objectsOf('api-gateway');
  expect(again).toEqual(objectsOf('api-gateway'));
  made<Deployment>('Deployment', again).spec!.selector.matchLabels!.app = 'changed';
  expect(JSON.stringify(again).match(/changed/g)).toHaveLength(1);
  expect(JSON.stringify(objectsOf('api-gateway'))).not.toContain('changed');
});

describe('a microservice (S21, S22)', () => {
  const { metadata, spec } = made<Deployment>('Deployment', objectsOf('auth-service'));

  test('is labelled as one, and Istio may join its pods', () => {
    expect(metadata?.labels).toMatchObject({ app: 'auth-service', version: 'v1', 'service-type': 'microservice' });
    expect(spec!.template.metadata?.annotations).toMatchObject({ 'sidecar.istio.io/inject': 'true' });
    expect(spec!.selector.matchLabels).toEqual({ app: 'auth-service' }); // it never changes
  });

  test('writes to /tmp and its logs', () => {
    const mounts = spec!.template.spec!.containers[0]!.volumeMounts!;
    expect(mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath)).toEqual(['/tmp', '/app/logs']);
  });
});

test('gets what is configured, and no more (S18)', () => {
  expect(container!.resources).toEqual({
    requests: { ...props.resources.requests, 'ephemeral-storage': '64Mi' },
    limits: { ...props.resources.limits, 'ephemeral-storage': '1Gi' }, // one pod does not fill the disk of its node
  });
  expect(pod.spec!.enableServiceLinks).toBe(false);
});

describe('the frontend (S23)', () => {
  test('is labelled as the front tier, its Service too', () => {
    const objects = objectsOf('frontend', { arns: {} });
    expect(made<Deployment>('Deployment', objects).spec!.template.metadata?.labels).toMatchObject({
      app: 'frontend',
      version: 'v1',
      tier: 'frontend',
    });
    expect(made<Service>('Service', objects).metadata?.labels).toMatchObject({
      app: 'frontend',
      tier: 'frontend',
    });
  });

  const [web] = made<Deployment>('Deployment', objectsOf('frontend', { arns: {} })).spec!.template.spec!.containers;

  test('is probed where Next.js answers, and keeps its cache in a volume', () => {
    expect(web!.livenessProbe?.httpGet).toEqual({ path: '/api/health', port: 3000 });
    expect(web!.readinessProbe?.httpGet).toEqual({ path: '/api/ready', port: 3000 });
    expect(web!.volumeMounts).toContainEqual({ name: 'cache', mountPath: '/app/.next/cache' });
  });

  test('tells browsers where the API and the application are', () => {
    expect(web!.env).toContainEqual({ name: 'NEXT_PUBLIC_API_URL', value: 'https://api.shop.example' });
    expect(web!.env).toContainEqual({ name: 'NEXT_PUBLIC_APP_URL', value: 'https://shop.example' });
  });

  test('knows nothing of the data tiers', () => {
    expect(web).not.toHaveProperty('envFrom');
    expect(JSON.stringify(web)).not.toMatch(/DATABASE|REDIS|authorities/);
  });
});

describe('how many there are', () => {
  const autoscaling = { minReplicas: 4, maxReplicas: 9, targetCpuPercent: 70, targetMemoryPercent: 80 };
  const scaled = objectsOf('api-gateway', { autoscaling });
  const autoscaler = made<HorizontalPodAutoscaler>('HorizontalPodAutoscaler', scaled);

  test('without autoscaling, as many as configured', () => {
    expect(deployment.spec!.replicas).toBe(3);
    expect(made('HorizontalPodAutoscaler')).toBeUndefined();
  });

  test('with it, the autoscaler owns the number, and never goes below what the service asks for', () => {
    expect(made<Deployment>('Deployment', scaled).spec).not.toHaveProperty('replicas');
    expect(autoscaler.spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api-gateway-blue' },
      minReplicas: 4,
      maxReplicas: 9,
    });
    const more = objectsOf('api-gateway', { autoscaling, replicas: 6 });
    expect(made<HorizontalPodAutoscaler>('HorizontalPodAutoscaler', more).spec!.minReplicas).toBe(6);
  });

  test('it scales by CPU and memory: up fast, down slowly', () => {
    expect(autoscaler.spec!.metrics?.map(({ resource }) => resource)).toEqual([
      { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } },
    ]);
    expect(autoscaler.spec!.behavior).toEqual({
      scaleUp: { stabilizationWindowSeconds: 60, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
      scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
    });
  });

  test('one at a time may be gone, so that no drain waits for ever, with one replica too', () => {
    expect(made<PodDisruptionBudget>('PodDisruptionBudget').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { app: 'api-gateway', color: 'blue' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });
});
