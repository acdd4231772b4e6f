import type { Pod } from 'kubernetes-types/core/v1';
import { policyRefusals } from '../../rehearsal/src/drills/admission';
import type { ApiServer, Cluster } from '../../rehearsal/src/cluster/cluster';

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const namespace = (name: string, labels: object = RESTRICTED) => ({ metadata: { name, labels } });
const HARD = { pods: '10', 'requests.cpu': '4', 'limits.memory': '8Gi', 'services.loadbalancers': '0' };
const quota = (namespaceName: string, hard: object = HARD, used: object = {}) => ({
  metadata: { name: 'quota', namespace: namespaceName },
  spec: { hard },
  status: { hard, used },
});
const range = (limit: object) => ({ metadata: { name: 'limits', namespace: 'shop' }, spec: { limits: [limit] } });

const clusterOf = (held: Record<string, readonly object[]>): Pick<Cluster, 'get'> => ({
  get: async <T>(resource: string) => (held[resource] ?? []) as T[],
});
const SHOP = clusterOf({ namespaces: [namespace('shop')], resourcequotas: [quota('shop')] });

/** Admission that refuses what it should, but for the message that is given. */
const apiWithout = (gap?: string): ApiServer & { readonly pods: Pod[] } => {
  const pods: Pod[] = [];
  return {
    pods,
    send: async (_, path, { body } = {}) => {
      expect(path).toMatch(/^\/api\/v1\/namespaces\/\w+\/(pods|services)\?dryRun=All$/);
      const pod = body as Pod;
      if (pod.kind === 'Pod') pods.push(pod);
      const message = reasons(pod).find((reason) => reason !== gap);
      return message === undefined ? { status: 201, body: pod as object } : { status: 403, body: { message } };
    },
  };
};

const reasons = (object: Pod): readonly string[] => {
  const { containers = [], hostNetwork, volumes = [] } = object.spec ?? {};
  const { securityContext = {}, resources = {} } = containers[0] ?? { name: 'none' };
  const { capabilities, runAsUser, runAsNonRoot, allowPrivilegeEscalation, privileged, seccompProfile } =
    securityContext;
  const cpu = containers.map((container) => String(container.resources?.requests?.cpu)).join();
  const isPod = object.kind === 'Pod';
  const found: readonly (readonly [unknown, string])[] = [
    [!isPod, 'exceeded quota: quota, requested: services.loadbalancers=1'],
    [runAsNonRoot === false, 'violates PodSecurity: runAsNonRoot != true'],
    [runAsUser === 0, 'violates PodSecurity: runAsUser=0'],
    [privileged, 'violates PodSecurity: privileged'],
    [allowPrivilegeEscalation, 'violates PodSecurity: allowPrivilegeEscalation != false'],
    [capabilities?.add !== undefined, 'violates PodSecurity: unrestricted capabilities NET_ADMIN'],
    [seccompProfile !== undefined, 'violates PodSecurity: seccompProfile'],
    [volumes.length > 0, 'violates PodSecurity: hostPath volumes'],
    [hostNetwork, 'violates PodSecurity: hostNetwork=true'],
    [isPod && !resources.limits, 'failed quota: quota: must specify limits.memory'],
    [resources.limits && cpu !== '10m', 'exceeded quota: quota, requested: requests.cpu=4010m,limits.memory=9Gi'],
    [resources.limits && resources.limits.memory !== '16Mi', 'exceeded quota: quota, requested: limits.memory=9Gi'],
  ];
  return found.flatMap(([isBroken, reason]) => (isBroken ? [reason] : []));
};

test('says how many tries were refused when everything is as it should be', async () => {
  expect(await policyRefusals({ ...SHOP, ...apiWithout() })).toEqual({
    faults: [],
    line: '13 violations of policy rejected (namespaces: 1, with different rules: 1)',
  });
});

test.each([
  ['violates PodSecurity: runAsNonRoot != true', 'accepts a pod that may run as root'],
  ['violates PodSecurity: runAsUser=0', 'accepts a pod that runs as root'],
  ['violates PodSecurity: allowPrivilegeEscalation != false', 'accepts a pod that may gain privileges'],
  [
    'violates PodSecurity: privileged',
    'rejects a privileged pod, but for another reason: violates PodSecurity: allowPrivilegeEscalation',
  ],
  ['violates PodSecurity: unrestricted capabilities NET_ADMIN', 'accepts a pod with a capability'],
  ['violates PodSecurity: seccompProfile', 'accepts a pod without seccomp'],
  ['violates PodSecurity: hostPath volumes', 'accepts a pod that mounts a folder of its node'],
  ['violates PodSecurity: hostNetwork=true', 'accepts a pod in the network of its node'],
  ['failed quota: quota: must specify limits.memory', 'accepts a pod without limits'],
  ['exceeded quota: quota, requested: limits.memory=9Gi', 'accepts a pod with more limits.memory than its quota has'],
  ['exceeded quota: quota, requested: services.loadbalancers=1', 'accepts a Service of the type LoadBalancer'],
])('names what is accepted without "%s"', async (gap, fault) => {
  const { faults } = await policyRefusals({ ...SHOP, ...apiWithout(gap) });
  expect(faults).toContainEqual(expect.stringContaining(`Namespace shop ${fault}`));
});

test('a pod without limits may be accepted if it gets some', async () => {
  const api = apiWithout('failed quota: quota: must specify limits.memory');
  const amounts = { cpu: '1', memory: '1Gi' };
  const mended = { spec: { containers: [{ name: 'app', resources: { requests: amounts, limits: amounts } }] } };
  const mending: ApiServer = {
    send: async (...request) => {
      const { status } = await api.send(...request);
      return status === 201
        ? { status, body: mended as object }
        : { status, body: { message: 'exceeded quota PodSecurity' } };
    },
  };
  const { faults } = await policyRefusals({ ...SHOP, ...mending });
  expect(faults.filter((fault) => /without (limits|requests)/.test(fault))).toEqual([]);
});

test('names a namespace that refuses a pod that keeps to its rules', async () => {
  const api: ApiServer = { send: async () => ({ status: 403, body: { message: 'no service account' } }) };
  const { faults } = await policyRefusals({ ...SHOP, ...api });
  expect(faults[0]).toBe('Namespace shop rejects a pod that complies with its rules: no service account');
});

test.each([
  ['pods', { pods: '0' }, {}],
  ['requests.cpu', { 'requests.cpu': '2' }, { 'requests.cpu': '1995m' }],
])('a namespace with no %s left has to refuse every pod', async (key, hard, used) => {
  const cluster = clusterOf({ namespaces: [namespace('shop')], resourcequotas: [quota('shop', hard, used)] });
  const { faults } = await policyRefusals({ ...cluster, ...apiWithout() });
  expect(faults[0]).toBe(`Namespace shop accepts a pod, though its quota has no ${key} left`);
});

test('a quota of some priorities has to refuse pods of those, and leaves others alone', async () => {
  const scopeSelector = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['urgent'] }] };
  const reserved = quota('shop', { pods: '0' });
  const resourcequotas = [quota('shop'), { ...reserved, spec: { ...reserved.spec, scopeSelector } }];
  const cluster = clusterOf({ namespaces: [namespace('shop')], resourcequotas });
  expect((await policyRefusals({ ...cluster, ...apiWithout() })).faults).toEqual([
    'Namespace shop accepts a pod of the priority urgent',
  ]);
});

test('leaves Services alone of which a quota has some left', async () => {
  const hard = { 'services.loadbalancers': '2' };
  const resourcequotas = [quota('shop', hard, { 'services.loadbalancers': '1' })];
  const api = apiWithout('exceeded quota: quota, requested: services.loadbalancers=1');
  expect(
    (await policyRefusals({ ...clusterOf({ namespaces: [namespace('shop')], resourcequotas }), ...api })).faults,
  ).toEqual([]);
});

test('names every restricted namespace without a quota, and tries those with the same rules once', async () => {
  const namespaces = [namespace('one'), namespace('two'), namespace('open', {})];
  const api = apiWithout();
  const { faults, line } = await policyRefusals({ ...clusterOf({ namespaces }), ...api });
  expect(faults.map((fault) => fault.slice(0, 34))).toEqual([
    'Namespace one has no ResourceQuota',
    'Namespace two has no ResourceQuota',
  ]);
  expect(line).toContain('(namespaces: 2, with different rules: 1)');
  expect(api.pods.filter(({ spec }) => spec?.hostNetwork)).toHaveLength(1);
});

test("names a tenant's namespace that takes other pods too", async () => {
  const namespaces = [namespace('tenant-a', { 'tenant-id': 'a', 'pod-security.kubernetes.io/enforce': 'baseline' })];
  const { faults } = await policyRefusals({ ...clusterOf({ namespaces }), ...apiWithout() });
  expect(faults).toEqual([
    'Namespace tenant-a belongs to a tenant, but lacks the label pod-security.kubernetes.io/enforce=restricted',
  ]);
});

test('a pod keeps to the least of a limit range, and is too much for a quota in containers that keep to its most', async () => {
  const limits = range({
    type: 'Container',
    min: { cpu: '100m', memory: '64Mi' },
    max: { cpu: '1500m', memory: '1Gi' },
  });
  const api = apiWithout();
  await policyRefusals({
    ...clusterOf({ namespaces: [namespace('shop')], resourcequotas: [quota('shop')], limitranges: [limits] }),
    ...api,
  });
  const amounts = api.pods.map(({ spec }) => spec?.containers.map(({ resources }) => resources?.requests));
  expect(amounts[0]).toEqual([{ cpu: '100m', memory: '64Mi' }]);
  const large = { cpu: '1367m', memory: '64Mi' };
  expect(amounts).toContainEqual([large, large, large]);
});
