import { SERVICES } from '../../lib/model/services';
import type { SecretProviderClass } from '../../lib/kubernetes/secret-provider-class';
import { serviceSecrets, type ServiceSecretArns } from '../../lib/kubernetes/service-secrets';

const endpoints = {
  mysqlWriter: 'db',
  mysqlPrimary: 'db',
  mysqlReaders: [],
  mysqlPort: 3306,
  redis: 'cache',
  redisPort: 6379,
};
const secrets = (name: 'frontend' | 'auth-service', arns: ServiceSecretArns) =>
  serviceSecrets({
    name,
    namespace: 'shop',
    region: 'eu-north-1',
    definition: SERVICES[name],
    arns,
    endpoints,
  });

test('a service gets what it has an ARN for, each once as a file and once as a variable', () => {
  const { objects, env } = secrets('auth-service', {
    database: 'arn:db',
    jwt: 'arn:jwt',
    sentry: 'arn:dsn',
  });
  const { parameters, secretObjects } = (objects[1] as SecretProviderClass).spec;
  expect(JSON.parse(parameters.objects)).toEqual([
    { objectName: 'arn:jwt', objectAlias: 'jwt-secret' },
    {
      objectName: 'arn:db',
      objectAlias: 'auth-database-password.json',
      jmesPath: [{ path: 'password', objectAlias: 'auth-database-password' }],
    },
    { objectName: 'arn:dsn', objectAlias: 'sentry-dsn' },
  ]);
  expect(secretObjects).toEqual([
    {
      secretName: 'auth-service-secrets',
      type: 'Opaque',
      data: ['jwt-secret', 'auth-database-password', 'sentry-dsn'].map((key) => ({ objectName: key, key })),
    },
  ]);
  expect(env.map(({ name }) => name)).toEqual([
    'JWT_SECRET',
    'DATABASE_PASSWORD',
    'DATABASE_PASSWORD_FILE',
    'DATABASE_URL',
    'SENTRY_DSN',
  ]);
});

test('a variable is there before the one that is composed of it, as Kubernetes needs it', () => {
  const { env } = secrets('auth-service', { database: 'arn:db', redis: 'arn:redis' });
  for (const [i, { value }] of env.entries())
    for (const [, used] of value?.matchAll(/\$\((\w+)\)/g) ?? [])
      expect(env.slice(0, i).map(({ name }) => name)).toContain(used);
});

test('pods say that they only read, which the driver wants', () => {
  const { volumes, mounts, objects } = secrets('frontend', { sentry: 'arn:dsn' });
  expect(volumes.map(({ csi }) => csi)).toEqual([
    {
      driver: 'secrets-store.csi.k8s.io',
      readOnly: true,
      volumeAttributes: { secretProviderClass: 'frontend' },
    },
  ]);
  expect(mounts).toEqual([{ name: 'secrets', mountPath: '/var/run/secrets/platform', readOnly: true }]);
  expect(objects[0]).toMatchObject({ metadata: { name: 'frontend' }, automountServiceAccountToken: false });
});

test('browsers get the DSN of the frontend, by the name that its build looks for', () => {
  expect(secrets('frontend', { sentry: 'arn:dsn' }).env.map(({ name }) => name)).toEqual(['NEXT_PUBLIC_SENTRY_DSN']);
});

test('without secrets there is nothing to mount', () => {
  const { objects, env, volumes, mounts } = secrets('frontend', {});
  expect(objects.map(({ kind }) => kind)).toEqual(['ServiceAccount']);
  expect([env, volumes, mounts]).toEqual([[], [], []]);
});
