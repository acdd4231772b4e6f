import { SERVICE_DEPENDENCIES } from '../../lib/config/services';
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
    dependencies: SERVICE_DEPENDENCIES[name],
    arns,
    endpoints,
  });

test('a service gets what it has an ARN for, each once as a file and once as a variable', () => {
  const { secretProviderClass, env } = secrets('auth-service', {
    database: 'arn:db',
    jwt: 'arn:jwt',
    sentry: 'arn:dsn',
  });
  const { parameters, secretObjects } = secretProviderClass.spec;
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
  const { volume, mount, serviceAccount } = secrets('frontend', { sentry: 'arn:dsn' });
  expect(volume.csi).toEqual({
    driver: 'secrets-store.csi.k8s.io',
    readOnly: true,
    volumeAttributes: { secretProviderClass: 'frontend' },
  });
  expect(mount).toEqual({ name: 'secrets', mountPath: '/var/run/secrets/platform', readOnly: true });
  expect(serviceAccount).toMatchObject({ metadata: { name: 'frontend' }, automountServiceAccountToken: false });
});
