import { ADDRESSES } from '../sample';
import type { LimitRange, ResourceQuota } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { TENANT_STATUSES, TENANT_TIERS, type TenantConfig } from '../../lib/config/environment';
import { LARGEST_POD } from '../../lib/model/namespaces';
import { bytes, millicores } from '../../lib/model/quantities';
import { TIERS } from '../../lib/model/tenant-tiers';
import { tenantWorkload } from '../../lib/kubernetes/network-paths';
import { denyAll, networkPolicy } from '../../lib/kubernetes/network-policies';
import { tenancyObjects } from '../../lib/kubernetes/tenancy';
import { tenantObjects } from '../../lib/kubernetes/tenant';
import { granted } from '../granted';

const bundle = (change: Partial<TenantConfig> = {}) =>
  tenantObjects({
    tenant: { id: 'acme', name: 'Acme & Söhne', tier: 'standard', status: 'active', ...change },
    environment: 'production',
    networkPolicies: [denyAll('tenant-acme'), networkPolicy(tenantWorkload('tenant-acme'), ADDRESSES)],
  });
const made = <T>(kind: string, name: string, objects = bundle()): T =>
  objects.find((object) => object.kind === kind && object.metadata.name === name) as T;
const identities = (objects = bundle()) =>
  objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace} ${metadata.name}`);
const shared = tenancyObjects();

test('the namespace comes first, with the labels of the specification (S17); people find the name', () => {
  expect(bundle()[0]).toEqual({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'tenant-acme',
      labels: {
        environment: 'production',
        team: 'tenant',
        'tenant-id': 'acme',
        'security-level': 'high',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
      annotations: { 'tenant-name': 'Acme & Söhne', 'tenant-tier': 'standard', 'tenant-status': 'active' },
    },
  });
});

test('its ways through the network are there before anybody may run something', () => {
  const kinds = bundle().map(({ kind }) => kind);
  expect(kinds.slice(0, 3)).toEqual(['Namespace', 'NetworkPolicy', 'NetworkPolicy']);
});

test('everything else is in that namespace', () => {
  expect(
    new Set(
      bundle()
        .slice(1)
        .map(({ metadata }) => metadata.namespace),
    ),
  ).toEqual(new Set(['tenant-acme']));
});

test.each(TENANT_TIERS.flatMap((tier) => TENANT_STATUSES.map((status) => [tier, status] as const)))(
  'an update leaves nothing over, for a tenant that is %s and %s has objects of the same kinds and names',
  (tier, status) => {
    expect(identities(bundle({ tier, status }))).toEqual(identities());
    expect(new Set(identities()).size).toBe(bundle().length);
  },
);

const hard = (change: Partial<TenantConfig>) =>
  made<ResourceQuota>('ResourceQuota', 'quota', bundle(change)).spec!.hard;

describe('what it may use', () => {
  test('is what its tier says, without an address outside of the cluster', () => {
    expect(hard({ tier: 'basic' })).toEqual({
      'requests.cpu': '1',
      'requests.memory': '2Gi',
      'limits.cpu': '2',
      'limits.memory': '4Gi',
      pods: '10',
      persistentvolumeclaims: '2',
      'requests.storage': '20Gi',
      services: '5',
      ...Object.fromEntries(
        ['configmaps', 'deployments.apps', 'statefulsets.apps', 'jobs.batch', 'cronjobs.batch'].map((kind) => [
          `count/${kind}`,
          '50',
        ]),
      ),
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });

  test('grows with the tier, in everything', () => {
    const amounts = TENANT_TIERS.map((tier) => {
      const { requests, limits, pods, services, volumes, storage, largestVolume } = TIERS[tier];
      return [
        requests.cpu,
        requests.memory,
        limits.cpu,
        limits.memory,
        pods,
        services,
        volumes,
        storage,
        largestVolume,
      ];
    });
    for (const [i, smaller] of amounts.slice(0, -1).entries())
      for (const [j, amount] of smaller.entries())
        expect(parseFloat(`${amounts[i + 1]![j]}`)).toBeGreaterThan(parseFloat(`${amount}`));
  });

  test.each(TENANT_TIERS)('holds its largest piece: in the tier %s, and on a node', (tier) => {
    const { limits, storage, largestPod, largestVolume } = TIERS[tier];
    expect(millicores(largestPod.cpu)).toBeLessThanOrEqual(
      Math.min(millicores(limits.cpu)!, millicores(LARGEST_POD.cpu)!),
    );
    expect(bytes(largestPod.memory)).toBeLessThanOrEqual(Math.min(bytes(limits.memory)!, bytes(LARGEST_POD.memory)!));
    expect(bytes(largestVolume)).toBeLessThanOrEqual(bytes(storage)!);
  });

  test('is no pod while it is suspended, and all else as before', () => {
    expect(hard({ status: 'suspended' })).toEqual({ ...hard({}), pods: '0' });
  });

  test('has a largest piece; what a pod does not say, nothing says for it but its share of a disk', () => {
    const { limits } = made<LimitRange>('LimitRange', 'limits').spec!;
    expect(limits).toEqual([
      { type: 'Pod', max: { cpu: '1500m', memory: '4Gi', 'ephemeral-storage': '4Gi' } },
      {
        type: 'Container',
        default: { 'ephemeral-storage': '1Gi' },
        defaultRequest: { 'ephemeral-storage': '64Mi' },
      },
      { type: 'PersistentVolumeClaim', max: { storage: '50Gi' } },
    ]);
  });

  test('is no pod that goes before those of the platform', () => {
    expect(made<ResourceQuota>('ResourceQuota', 'no-platform-priority').spec).toEqual({
      hard: { pods: '0' },
      scopeSelector: {
        matchExpressions: [
          {
            scopeName: 'PriorityClass',
            operator: 'In',
            values: ['platform-critical', 'system-cluster-critical', 'system-node-critical'],
          },
        ],
      },
    });
  });
});

const READ = ['get', 'list', 'watch'];
/** Kinds of what runs for a tenant. */
const running = [
  'services',
  'configmaps',
  'persistentvolumeclaims',
  'apps/deployments',
  'apps/statefulsets',
  'batch/jobs',
  'batch/cronjobs',
  'autoscaling/horizontalpodautoscalers',
];
const rightsTo = (verbs: readonly string[], kinds: readonly string[]) =>
  verbs.flatMap((verb) => kinds.map((kind) => `${verb} ${kind}`)).toSorted();

describe('who may do what in its namespace', () => {
  const bindings = bundle().filter(({ kind }) => kind === 'RoleBinding') as RoleBinding[];
  const own = granted(made<Role>('Role', 'tenant').rules!);
  const operator = granted(made<ClusterRole>('ClusterRole', 'tenant-operator', [...shared]).rules!);

  test('its own account, tenant-service, and what suspends it', () => {
    expect(bindings.map(({ roleRef, subjects }) => [roleRef.kind, roleRef.name, subjects])).toEqual([
      ['Role', 'tenant', [{ kind: 'ServiceAccount', name: 'tenant', namespace: 'tenant-acme' }]],
      [
        'ClusterRole',
        'tenant-operator',
        [{ kind: 'ServiceAccount', name: 'tenant-service', namespace: 'platform-core' }],
      ],
      [
        'ClusterRole',
        'tenant-suspension',
        [{ kind: 'ServiceAccount', name: 'tenant-suspension', namespace: 'platform-core' }],
      ],
    ]);
    expect(made('ServiceAccount', 'tenant')).toMatchObject({ automountServiceAccountToken: false });
  });

  test('its own account reads what runs, and changes nothing', () => {
    expect(own.toSorted()).toEqual(rightsTo(READ, [...running, 'pods', 'pods/log', 'events']));
  });

  test('tenant-service changes what runs, by named verbs, and ends pods; it reads what explains why something does not run', () => {
    const told = ['pods', 'pods/log', 'events', 'resourcequotas', 'limitranges', 'serviceaccounts'];
    const changed = [...running, 'secrets-store.csi.x-k8s.io/secretproviderclasses'];
    expect(operator.filter((right) => !/^(get|list|watch) /.test(right)).toSorted()).toEqual(
      [...rightsTo(['create', 'update', 'patch', 'delete'], changed), 'delete pods'].toSorted(),
    );
    expect(operator.filter((right) => /^(get|list|watch) /.test(right)).toSorted()).toEqual(
      rightsTo(READ, [...changed, ...told]),
    );
  });

  test.each([
    ['its own account', own],
    ['tenant-service', operator],
  ])('%s gets no secret, and widens nothing: neither rights nor ways nor amounts', (_, rights) => {
    expect(rights.join('\n')).not.toMatch(
      /\*|escalate|bind|impersonate| (secrets|pods\/exec|serviceaccounts\/token)$/m,
    );
    expect(
      rights.filter((right) =>
        /^(create|update|patch|delete) .*(role|networkpolic|quota|limitrange|serviceaccount|namespace)/.test(right),
      ),
    ).toEqual([]);
  });

  test('everywhere, tenant-service sees namespaces, and nothing else', () => {
    const everywhere = shared.filter(({ kind }) => kind === 'ClusterRoleBinding') as ClusterRoleBinding[];
    expect(everywhere.map(({ roleRef, subjects }) => [roleRef.name, subjects])).toEqual([
      ['tenant-service', [{ kind: 'ServiceAccount', name: 'tenant-service', namespace: 'platform-core' }]],
    ]);
    expect(granted(made<ClusterRole>('ClusterRole', 'tenant-service', [...shared]).rules!)).toEqual([
      'get namespaces',
      'list namespaces',
      'watch namespaces',
    ]);
  });
});
