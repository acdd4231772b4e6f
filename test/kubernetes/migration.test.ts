import type { Deployment } from 'kubernetes-types/apps/v1';
import { SERVICES } from '../../lib/model/services';
import type { ServiceName } from '../../lib/config/environment';
import type { Manifest } from '../../lib/kubernetes/manifest';
import { migration, type MigrationProps } from '../../lib/kubernetes/migration';
import { servicePod } from '../../lib/kubernetes/service-pod';
import { serviceSecrets } from '../../lib/kubernetes/service-secrets';
import { objectsOf, props } from './service-objects';

const migrationOf = (change: Partial<MigrationProps> = {}, name: ServiceName = 'auth-service') => {
  const own = { name, namespace: 'platform-core', definition: SERVICES[name], endpointsChecksum: 'abc' };
  const all: MigrationProps = { ...props, ...own, ...change };
  return migration(all, servicePod(all, serviceSecrets(all)));
};

/** The name of the migration with a value that only a deployment knows. */
const migrationAt = (mysqlWriter: string) =>
  migrationOf({ endpoints: { ...props.endpoints, mysqlWriter } }).metadata.name;

describe('a migration (S21)', () => {
  const job = migrationOf();
  const own = job.spec!.template;
  const deployment = objectsOf('auth-service').find(({ kind }) => kind === 'Deployment') as Manifest<Deployment>;

  test('has no token of the Kubernetes API, whatever its service has', () => {
    expect(migrationOf({}, 'tenant-service').spec!.template.spec!.automountServiceAccountToken).toBe(false);
  });

  test('runs the image once, with what the service has, and takes no requests', () => {
    expect(own.spec!.containers[0]).toMatchObject({ image: props.image, command: ['npm', 'run', 'migrate'] });
    expect(own.spec!.containers[0]!.env).toEqual(deployment.spec!.template.spec!.containers[0]!.env);
    expect(own.metadata?.labels?.app).toBe('auth-service-migrate'); // not the service's
    expect(own.metadata?.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false' }); // which would never end
    expect(own.spec).toMatchObject({ restartPolicy: 'Never', serviceAccountName: 'auth-service' });
  });

  test('runs again for another image, and where its data has moved, for Kubernetes changes no Job', () => {
    expect(migrationOf({ region: 'eu-west-1' }).metadata.name).toBe(job.metadata.name);
    expect(migrationOf({ endpointsChecksum: 'x' }).metadata.name).not.toBe(job.metadata.name);
    expect(migrationOf({ image: 'registry/service:1.0.1' }).metadata.name).not.toBe(job.metadata.name);
  });

  test('ends, tries again, and never runs twice at a time; the sizes of the service do not matter', () => {
    expect(job.spec).toMatchObject({ activeDeadlineSeconds: 780, backoffLimit: 2, podReplacementPolicy: 'Failed' });
    expect(own.spec!.terminationGracePeriodSeconds).toBe(600);
    const sized = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } };
    expect(migrationOf({ resources: sized }).metadata.name).toBe(job.metadata.name);
  });

  test('keeps its name whatever the library calls a value that only a deployment knows', () => {
    expect(migrationAt('${Token[A.1]}')).toBe(migrationAt('${Token[B.2]}'));
    expect(migrationAt('a.example')).not.toBe(migrationAt('b.example'));
  });
});
