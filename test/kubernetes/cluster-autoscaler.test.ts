import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { clusterAutoscaler } from '../../lib/kubernetes/cluster-autoscaler';
import { granted } from '../granted';

const objects = clusterAutoscaler({ clusterName: 'shop', region: 'eu-north-1', image: 'registry/autoscaler:v1' });
const made = <T>(kind: string): T => objects.find((object) => object.kind === kind) as T;
const { metadata, spec } = made<Deployment>('Deployment');
const pod = spec!.template.spec!;
const container = pod.containers[0]!;
const account = { kind: 'ServiceAccount', name: 'cluster-autoscaler', namespace: 'kube-system' };

test('it finds the node groups of its cluster, and no others, where its pods know no region', () => {
  expect(container.command).toContain(
    '--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/shop',
  );
  expect(container.command).toContain('--cloud-provider=aws');
  expect(container.env).toEqual([{ name: 'AWS_REGION', value: 'eu-north-1' }]);
  expect(container.image).toBe('registry/autoscaler:v1');
});

test('it takes nodes away on which pods have folders of their own, and those of the system', () => {
  expect(container.command).toEqual(
    expect.arrayContaining(['--skip-nodes-with-local-storage=false', '--skip-nodes-with-system-pods=false']),
  );
});

test('it knows all that decides where pods run', () => {
  const kinds = [
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'replicationcontrollers',
    'services',
    ...['daemonsets', 'replicasets', 'statefulsets'].map((kind) => `apps/${kind}`),
    'batch/jobs',
    'policy/poddisruptionbudgets',
    ...['csidrivers', 'csinodes', 'csistoragecapacities', 'storageclasses', 'volumeattachments'].map(
      (kind) => `storage.k8s.io/${kind}`,
    ),
    ...['deviceclasses', 'resourceclaims', 'resourceslices'].map((kind) => `resource.k8s.io/${kind}`),
  ];
  const rights = granted(made<ClusterRole>('ClusterRole').rules!);
  const reading = rights.filter((right) => /^(get|list|watch) /.test(right));
  expect(reading.toSorted()).toEqual(
    ['get', 'list', 'watch'].flatMap((verb) => kinds.map((kind) => `${verb} ${kind}`)).toSorted(),
  );
});

test('it drains nodes, says so, and changes nothing else', () => {
  const changing = granted(made<ClusterRole>('ClusterRole').rules!).filter(
    (right) => !/^(get|list|watch) /.test(right),
  );
  expect(changing.toSorted()).toEqual([
    'create events',
    'create pods/eviction',
    'patch batch/jobs',
    'patch events',
    'update nodes',
    'update pods/status',
  ]);
});

test('one of its pods leads, and its state is written: no other lease and no other ConfigMap is changed', () => {
  expect(granted(made<Role>('Role').rules!).toSorted()).toEqual([
    'create configmaps',
    'create coordination.k8s.io/leases',
    'delete configmaps (cluster-autoscaler-status)',
    'get configmaps (cluster-autoscaler-status)',
    'get coordination.k8s.io/leases (cluster-autoscaler)',
    'list configmaps',
    'update configmaps (cluster-autoscaler-status)',
    'update coordination.k8s.io/leases (cluster-autoscaler)',
    'watch configmaps',
  ]);
});

test('these rights are those of its pods', () => {
  const bindings = [made<RoleBinding>('RoleBinding'), made<ClusterRoleBinding>('ClusterRoleBinding')];
  expect(bindings.map(({ roleRef, subjects }) => [roleRef.kind, roleRef.name, subjects])).toEqual([
    ['Role', made<Role>('Role').metadata!.name, [account]],
    ['ClusterRole', made<ClusterRole>('ClusterRole').metadata!.name, [account]],
  ]);
  const { name, namespace } = made<ServiceAccount>('ServiceAccount').metadata!;
  expect({ kind: 'ServiceAccount', name, namespace }).toEqual(account);
  expect([pod.serviceAccountName, metadata!.namespace]).toEqual([name, namespace]);
  for (const kind of ['Role', 'RoleBinding'])
    expect(made<Role>(kind).metadata).toMatchObject({ namespace: 'kube-system' });
});

test('two pods, before all others, apart from each other; one of them always stays', () => {
  const labels = { app: 'cluster-autoscaler' };
  expect(spec).toMatchObject({ replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels } } });
  expect(pod).toMatchObject({
    priorityClassName: 'system-cluster-critical',
    nodeSelector: { 'node-type': 'application' },
    tolerations: [{ key: 'application', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'DoNotSchedule', // else both may be in the zone that is lost
        nodeTaintsPolicy: 'Honor', // a zone without nodes for it does not count, so one always runs and makes the node that is missing
        labelSelector: { matchLabels: labels },
        matchLabelKeys: ['pod-template-hash'],
      },
    ],
  });
  const [apart, ...more] = pod.affinity!.podAntiAffinity!.preferredDuringSchedulingIgnoredDuringExecution!;
  expect(more).toEqual([]);
  expect(apart!.podAffinityTerm).toEqual({
    labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['cluster-autoscaler'] }] },
    topologyKey: 'kubernetes.io/hostname',
  });
  expect(made<PodDisruptionBudget>('PodDisruptionBudget').spec).toEqual({
    maxUnavailable: 1,
    selector: { matchLabels: labels },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
});

test('it keeps to the restricted Pod Security standard, has what it needs, and starts again when it hangs; a rollout waits until it answers', () => {
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(container).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { requests: { cpu: '100m', memory: '600Mi' }, limits: { cpu: '500m', memory: '600Mi' } },
    livenessProbe: { httpGet: { path: '/health-check', port: 8085 } },
    readinessProbe: { httpGet: { path: '/health-check', port: 8085 } },
  });
});
