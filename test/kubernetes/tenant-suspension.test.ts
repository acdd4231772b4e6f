import type { Container } from 'kubernetes-types/core/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { ClusterRole } from 'kubernetes-types/rbac/v1';
import { tenancyObjects } from '../../lib/kubernetes/tenancy';
import { tenantSuspension } from '../../lib/kubernetes/tenant-suspension';
import { granted } from '../granted';

const shared = (kind: string) =>
  tenancyObjects().find((object) => object.kind === kind && object.metadata.name === 'tenant-suspension');

const job = (id = 'acme'): Job => tenantSuspension({ id, image: 'registry/kubectl:v1' });

const commands = (containers: readonly Container[]) => containers.map(({ command }) => command!.join(' '));

describe('the Job that suspends', () => {
  const pod = job().spec!.template;
  const suspension = granted((shared('ClusterRole') as ClusterRole).rules!);

  test('ends all pods of that namespace, and lets none take its time', () => {
    expect(commands(pod.spec!.containers)).toEqual([
      'kubectl delete pods --all --grace-period=60 --namespace=tenant-acme',
    ]);
  });

  test('waits before that until Kubernetes admits no pod, for controllers replace those that are deleted', () => {
    expect(commands(pod.spec!.initContainers!)).toEqual([
      'kubectl wait resourcequota/quota --for=jsonpath={.status.hard.pods}=0 --timeout=300s --namespace=tenant-acme',
    ]);
  });

  test('may do that and wait until they are gone, in the namespaces of tenants only', () => {
    expect(suspension).toEqual([
      'get pods',
      'list pods',
      'watch pods',
      'delete pods',
      'get resourcequotas',
      'list resourcequotas',
      'watch resourcequotas',
    ]);
    expect(pod.spec).toMatchObject({ serviceAccountName: 'tenant-suspension', automountServiceAccountToken: true });
    expect(pod.metadata!.labels).toMatchObject({ app: 'tenant-suspension' });
    expect(job().metadata!.namespace).toBe('platform-core');
    expect(shared('ServiceAccount')).toMatchObject({
      metadata: { namespace: 'platform-core' },
      automountServiceAccountToken: false,
    });
  });

  test('keeps to the restricted Pod Security standard, and says what it needs', () => {
    expect(pod.spec!.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532, // else it would not start: the image's own user is root
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of [...pod.spec!.initContainers!, ...pod.spec!.containers])
      expect(container).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: {
          requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
          limits: { cpu: '200m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
        },
      });
  });

  test('tries more than once, ends in time, and finds a place where tenants have taken all', () => {
    expect(job().spec).toMatchObject({ backoffLimit: 5, activeDeadlineSeconds: 780 });
    expect(pod.spec).toMatchObject({
      restartPolicy: 'Never',
      priorityClassName: 'platform-critical',
      nodeSelector: { 'node-type': 'application' },
      tolerations: [{ key: 'application', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    });
  });

  test('has a name of its own for each tenant, which the longest id does not make too long', () => {
    expect(job('globex').metadata!.name).not.toBe(job().metadata!.name);
    expect(job().metadata!.name).toMatch(/^suspend-acme-[0-9a-f]{8}$/);
    expect(job('a'.repeat(40)).metadata!.name!.length).toBeLessThanOrEqual(63);
  });
});
