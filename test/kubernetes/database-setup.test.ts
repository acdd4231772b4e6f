import { databaseSetup, databaseSetupFiles } from '../../lib/kubernetes/database-setup';
import type { SecretProviderClass } from '../../lib/kubernetes/secret-provider-class';

const props = {
  database: 'core',
  image: 'registry/mysql:8.4',
  region: 'eu-north-1',
  administratorArn: 'arn:admin',
  userArn: 'arn:core',
};
const { job, mounted } = databaseSetup(props);
const made = <T>(kind: string): T => mounted.find((object) => object.kind === kind) as T;
const nameOf = (change: Partial<typeof props>) => databaseSetup({ ...props, ...change }).job.metadata.name;
const pod = job.spec!.template.spec!;

test('the Job gets the administrator and the user of its database as files, and no Kubernetes Secret is made of them', () => {
  const { spec } = made<SecretProviderClass>('SecretProviderClass');
  expect(JSON.parse(spec.parameters.objects)).toEqual([
    {
      objectName: 'arn:admin',
      objectAlias: 'admin-username.json',
      jmesPath: [
        { path: 'username', objectAlias: 'admin-username' },
        { path: 'password', objectAlias: 'admin-password' },
      ],
    },
    expect.objectContaining({ objectName: 'arn:core' }),
  ]);
  expect(spec).not.toHaveProperty('secretObjects');
  expect(pod.containers[0]!.env).toEqual([
    { name: 'DATABASES', value: 'core' },
    { name: 'MONITORS', value: '' },
    { name: 'SECRETS', value: '/var/run/secrets/platform' },
    { name: 'OPTIONS', value: '/etc/database-setup/client.cnf' },
    { name: 'PATIENCE', value: '20' },
  ]);
});

test('a user that monitors gets no database', () => {
  const { job: other } = databaseSetup({ ...props, database: 'monitor', monitors: true });
  expect(other.spec!.template.spec!.containers[0]!.env).toEqual(
    expect.arrayContaining([
      { name: 'DATABASES', value: '' },
      { name: 'MONITORS', value: 'monitor' },
    ]),
  );
});

test('it verifies whom it gives the password to', () => {
  expect(databaseSetupFiles({ host: 'primary', port: 3306 }).data!['client.cnf']).toBe(
    '[client]\nhost=primary\nport=3306\nssl-mode=VERIFY_IDENTITY\nssl-ca=/etc/aws-authorities/ca.pem\n',
  );
  expect(pod.containers[0]!.volumeMounts).toContainEqual({
    name: 'aws-authorities',
    mountPath: '/etc/aws-authorities',
    readOnly: true,
  });
});

test('it runs again when what it does changes, and only then', () => {
  expect(nameOf({})).toBe(job.metadata.name);
  expect(nameOf({ region: 'eu-west-1' })).toBe(job.metadata.name);
  expect(nameOf({ image: 'registry/mysql:8.4.99' })).not.toBe(job.metadata.name);
  expect(databaseSetup({ ...props, run: 2 }).job.metadata.name).not.toBe(job.metadata.name);
  expect(nameOf({ database: 'billing' })).toMatch(/^database-setup-billing-[0-9a-f]{8}$/);
});

test('it ends, stands close to the data, and keeps to the restricted Pod Security standard', () => {
  expect(job.spec).toMatchObject({ backoffLimit: 5, activeDeadlineSeconds: 780 });
  expect(pod).toMatchObject({
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    nodeSelector: { 'node-type': 'database' },
    tolerations: [{ key: 'database', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    priorityClassName: 'platform-critical',
    // The user of the image, and its group: they read what is mounted.
    securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(pod.containers[0]!.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } });
});

test('it runs again when its script changes', async () => {
  const fs = jest.requireActual<typeof import('node:fs')>('node:fs');
  jest.resetModules();
  jest.doMock('node:fs', () => ({ ...fs, readFileSync: () => 'another script' }));
  const other = await import('../../lib/kubernetes/database-setup');
  jest.dontMock('node:fs');
  expect(other.databaseSetup(props).job.spec).toEqual(job.spec);
  expect(other.databaseSetup(props).job.metadata.name).not.toBe(job.metadata.name);
});

test('it mounts each of its volumes, the secrets where it looks for them', () => {
  const [container] = pod.containers;
  expect(container!.volumeMounts?.map(({ name }) => name)).toEqual(pod.volumes?.map(({ name }) => name));
  const folder = container!.env!.find(({ name }) => name === 'SECRETS')!.value;
  expect(container!.volumeMounts).toContainEqual({ name: 'secrets', mountPath: folder, readOnly: true });
});
