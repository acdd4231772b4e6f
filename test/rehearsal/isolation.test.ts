import type { ApiServer, Cluster } from '../../rehearsal/src/cluster/cluster';
import { tenantIsolation as isolation } from '../../rehearsal/src/drills/isolation';

const tenantIsolation = (cluster: Pick<Cluster, 'get'>, api: ApiServer) => isolation({ ...cluster, ...api });

const tenant = (name: string) => ({ metadata: { name: `tenant-${name}`, labels: { 'tenant-id': name } } });
const NAMESPACES = [tenant('a'), tenant('b'), { metadata: { name: 'core' } }, { metadata: { name: 'kube-system' } }];
const ACCOUNTS = ['tenant-a', 'tenant-b', 'core'].map((namespace) => ({ metadata: { namespace, name: 'app' } }));
const role = (verbs: readonly string[], apiGroup: string, resource: string) => ({
  kind: 'ClusterRole',
  metadata: { name: 'view' },
  rules: [{ verbs, apiGroups: [apiGroup], resources: [resource] }],
});
const clusterOf = (
  bindings: readonly object[] = [],
  namespaces: readonly object[] = NAMESPACES,
  roles: readonly object[] = [role(['get'], '', 'pods')],
): Pick<Cluster, 'get'> => ({
  get: async <T>(resource: string) =>
    ({ namespaces, serviceaccounts: ACCOUNTS, rolebindings: bindings, roles })[resource] as T[],
});

const EVERYBODYS = {
  resourceRules: [{ verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectrulesreviews'] }],
  nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api', '/apis/*', '/version/', '/healthz'] }],
};
interface Api extends ApiServer {
  readonly asked: string[];
}
const apiWith = (more: object = {}, readStatus = 403): Api => {
  const asked: string[] = [];
  return {
    asked,
    send: async (method, path, { body, as } = {}) => {
      asked.push(`${as?.user} ${path}`);
      if (method === 'GET') return { status: readStatus, body: {} };
      expect(as?.groups).toContain('system:authenticated');
      expect(body).toMatchObject({ kind: 'SelfSubjectRulesReview' });
      return { status: 201, body: { status: { ...EVERYBODYS, ...more } } as object };
    },
  };
};

test('looks from every tenant into its neighbour and the namespaces of the platform', async () => {
  const api = apiWith();
  expect(await tenantIsolation(clusterOf(), api)).toEqual({
    faults: [],
    line: 'service accounts of 2 tenants may do nothing in other namespaces (6 checks)',
  });
  expect(api.asked).toContain('system:serviceaccount:tenant-a:app /api/v1/namespaces/tenant-b/secrets?limit=1');
  expect(api.asked).toContain('system:serviceaccount:tenant-b:app /api/v1/namespaces/core/pods?limit=1');
  expect(api.asked.filter((each) => each.includes('core:'))).toEqual([]);
});

test('an only tenant has no neighbour', async () => {
  const api = apiWith();
  const { line } = await tenantIsolation(clusterOf([], [tenant('a'), { metadata: { name: 'core' } }]), api);
  expect(line).toBe('service accounts of 1 tenants may do nothing in other namespaces (1 checks)');
});

test('names what a service account may do elsewhere', async () => {
  const rule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };
  const { faults } = await tenantIsolation(clusterOf(), apiWith({ resourceRules: [rule] }));
  expect(faults).toContain('ServiceAccount tenant-a/app may get, list secrets in the namespace tenant-b');
});

test.each([
  ['a page that nobody should see', ['get'], ['/metrics']],
  ['all pages', ['get'], ['*']],
  ['a change of a page', ['post'], ['/api']],
])('names %s', async (_, verbs, nonResourceURLs) => {
  const { faults } = await tenantIsolation(clusterOf(), apiWith({ nonResourceRules: [{ verbs, nonResourceURLs }] }));
  expect(faults).toContain(`ServiceAccount tenant-a/app may ${verbs} ${nonResourceURLs} in the namespace core`);
});

test('names what can be read', async () => {
  const { faults } = await tenantIsolation(clusterOf(), apiWith({}, 200));
  expect(faults).toContain(
    'ServiceAccount tenant-a/app may list secrets in the namespace kube-system: its attempt was answered with 200',
  );
});

const binding = (name: string, subject: object, namespace?: string) => ({
  kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
  metadata: { name, ...(namespace && { namespace }) },
  roleRef: { kind: 'ClusterRole', name: 'view' },
  subjects: [subject],
});
const account = (namespace: string) => ({ kind: 'ServiceAccount', namespace, name: 'app' });
const group = (name: string) => ({ kind: 'Group', name });

test.each([
  [
    'a tenant everywhere',
    binding('x', account('tenant-a')),
    'gives the ServiceAccount tenant-a/app the ClusterRole "view"',
  ],
  ['a tenant in another namespace', binding('x', account('tenant-a'), 'core'), 'RoleBinding core/x gives'],
  ['all accounts of a tenant', binding('x', group('system:serviceaccounts:tenant-b')), 'serviceaccounts:tenant-b'],
  ['a tenant as a user', binding('x', { kind: 'User', name: 'system:serviceaccount:tenant-b:app' }), 'tenant-b:app'],
  ['all service accounts', binding('x', group('system:serviceaccounts')), 'the Group system:serviceaccounts'],
  ['everyone who has logged in', binding('x', group('system:authenticated'), 'core'), 'the Group system:authenticated'],
  ['everyone', binding('x', { kind: 'User', name: 'system:anonymous' }), 'the User system:anonymous'],
])('names a binding of %s', async (_, planted, fault) => {
  const { faults } = await tenantIsolation(clusterOf([planted]), apiWith());
  expect(faults).toEqual([expect.stringContaining(fault)]);
});

test.each([
  ['a tenant in its own namespace', binding('x', account('tenant-a'), 'tenant-a')],
  ['an account of the platform', binding('x', account('core'))],
  [
    'what Kubernetes gives everybody',
    { ...binding('x', group('system:authenticated')), roleRef: { name: 'system:discovery' } },
  ],
  ['nobody', { ...binding('x', {}), subjects: undefined }],
])('has nothing against a binding of %s', async (_, planted) => {
  expect((await tenantIsolation(clusterOf([planted]), apiWith())).faults).toEqual([]);
});

const inside = binding('x', account('tenant-a'), 'tenant-a');

test.each([
  ['by its name', role(['get', 'create', 'patch'], 'elbv2.k8s.aws', 'targetgroupbindings'), 'create, patch'],
  ['among everything', role(['*'], '*', '*'), '*'],
])('names a role by which a tenant may bind target groups, %s', async (_, granted, verbs) => {
  const { faults } = await tenantIsolation(clusterOf([inside], NAMESPACES, [granted]), apiWith());
  expect(faults).toEqual([`RoleBinding tenant-a/x lets a tenant ${verbs} targetgroupbindings: only the platform may`]);
});

test.each([
  ['may look at them', role(['get', 'list', 'watch'], 'elbv2.k8s.aws', 'targetgroupbindings'), inside],
  ['may write others', role(['*'], 'apps', '*'), inside],
  ['is of the platform', role(['*'], '*', '*'), binding('x', account('core'), 'core')],
])('has nothing against a role that %s', async (_, granted, planted) => {
  expect((await tenantIsolation(clusterOf([planted], NAMESPACES, [granted]), apiWith())).faults).toEqual([]);
});

test('without tenants, only bindings count', async () => {
  const api = apiWith();
  const namespaces = [{ metadata: { name: 'core' } }];
  const cluster = clusterOf([binding('x', group('system:authenticated'))], namespaces);
  expect((await tenantIsolation(cluster, api)).faults).toHaveLength(1);
  const { line } = await tenantIsolation(clusterOf([binding('x', account('core'))], namespaces), api);
  expect(line).toBe('no tenants; everybody has only the permissions that Kubernetes grants (1 bindings)');
  expect(api.asked).toEqual([]);
});
