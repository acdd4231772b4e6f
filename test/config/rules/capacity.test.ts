import '../../fixtures/specified-model'; // the sums below are of the specification's services
import type { EnvironmentConfig, QuotaConfig, TenantConfig } from '../../../lib/config/environment';
import { machine } from '../../../lib/model/machines';
import { LARGEST_POD } from '../../../lib/model/namespaces';
import { millicores } from '../../../lib/model/quantities';
import { problems } from '../../../lib/config/validation';
import { SAMPLES } from '../../sample';
import { ENVIRONMENT_NAMES, environment } from '../../fixtures';

const { prod } = SAMPLES;
const core = prod.quotas['platform-core'];
const withCore = (change: Partial<QuotaConfig>): EnvironmentConfig => ({
  ...prod,
  quotas: { ...prod.quotas, 'platform-core': { ...core, ...change } },
});
const withRegistry = (limits: { cpu: string; memory: string }): EnvironmentConfig => ({
  ...prod,
  services: {
    ...prod.services,
    'service-registry': {
      ...prod.services['service-registry'],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits },
    },
  },
});
const withNodes = (maxSize: number): EnvironmentConfig => ({
  ...prod,
  cluster: {
    ...prod.cluster,
    nodeGroups: { ...prod.cluster.nodeGroups, application: { ...prod.cluster.nodeGroups.application, maxSize } },
  },
});

// Both colors of the gateway at their 20 pods, three microservices at theirs, a pod more of each, three migrations, four setups of databases and one of the user that monitors, a suspension, a
// wait for a color.
test.each<[string, EnvironmentConfig, RegExp]>([
  [
    'pods',
    withCore({ pods: 114 }),
    /quotas.platform-core.pods is 114, but all pods of platform-core together need 115 at their maximum/,
  ],
  [
    'CPU',
    withCore({ requests: { cpu: '15349m', memory: '32Gi' } }),
    /quotas.platform-core.requests.cpu is 15349m, but .* need 15350m at/,
  ],
  [
    'memory',
    withCore({ requests: { cpu: '16', memory: '30783Mi' } }),
    /quotas.platform-core.requests.memory is 30783Mi, but .* need 30784Mi at/,
  ],
  ['a limit of CPU', withCore({ limits: { cpu: '63', memory: '64Gi' } }), /limits.cpu is 63, but .* need 63800m/],
  [
    'a limit of memory',
    withCore({ limits: { cpu: '70', memory: '60Gi' } }),
    /limits.memory is 60Gi, but .* need 61568Mi/,
  ],
  ['a quota without a number', withCore({ pods: 1.5 }), /quotas.platform-core.pods is 1.5: choose 1 or more/],
  [
    'a quota of nothing',
    withCore({ requests: { cpu: 'much', memory: '28Gi' } }),
    /quotas.platform-core.requests.cpu is "much": write a quantity like 100m/,
  ],
  [
    'a pod larger than one may be',
    withRegistry({ cpu: '300m', memory: '5Gi' }),
    /services.service-registry.resources.limits.memory is 5Gi: choose 4Gi or less/,
  ],
  [
    'a pod with more CPU than one may have',
    withRegistry({ cpu: '1600m', memory: '256Mi' }),
    /services.service-registry.resources.limits.cpu is 1600m: choose 1500m or less/,
  ],
  [
    'too few pods for what runs without autoscaling',
    { ...withCore({ pods: 25 }), autoscaling: undefined },
    /quotas.platform-core.pods is 25, but .* need 34 at/, // 19 replicas, a pod more of each of five, 10 Jobs
  ],
  [
    'an extra namespace without pods',
    { ...prod, extraNamespaces: [{ name: 'trials', team: 'us', securityLevel: 'low', quota: { ...core, pods: 0 } }] },
    /extraNamespaces.trials.quota.pods is 0: choose 1 or more/,
  ],
])('refuses %s', (_, config, problem) => {
  expect(problems(config)).toContainEqual(expect.stringMatching(problem));
});

const watching = (change: Partial<QuotaConfig>) =>
  problems({
    ...prod,
    quotas: { ...prod.quotas, 'platform-monitoring': { ...prod.quotas['platform-monitoring'], ...change } },
  });
test('counts what watches: Prometheus, Alertmanager, Grafana, and each exporter twice while it is replaced', () => {
  expect(watching({ pods: 7, requests: { cpu: '400m', memory: '1640Mi' } })).toEqual([]);
  expect(watching({ pods: 6 })).toContainEqual(
    expect.stringMatching(/quotas.platform-monitoring.pods is 6, but .* need 7 at/),
  );
  expect(watching({ requests: { cpu: '400m', memory: '1639Mi' } })).toContainEqual(
    expect.stringMatching(/requests.memory is 1639Mi, but .* need 1640Mi/),
  );
});

test('accepts a quota that holds exactly what runs', () => {
  const exact = {
    pods: 115,
    requests: { cpu: '15350m', memory: '30784Mi' },
    limits: { cpu: '63800m', memory: '61568Mi' },
  };
  expect(problems(withCore(exact))).toEqual([]);
});

test('refuses fewer nodes than all takes at its most, and says how many that are', () => {
  const [problem = ''] = problems(withNodes(3));
  const [, needed = ''] =
    /nodeGroups.application.maxSize is 3, but all pods at their maximum need (\d+) nodes of m5.large/.exec(problem) ??
    [];
  expect(problems(withNodes(Number(needed) - 1))).toHaveLength(1);
  expect(problems(withNodes(Number(needed)))).toEqual([]);
});

/** How many nodes a configuration is told to have. */
const nodes = (config: EnvironmentConfig): number =>
  Number(
    /at their maximum need (\d+) nodes of/.exec(problems({ ...config, cluster: withNodes(3).cluster }).join())?.[1],
  );

const [acme] = prod.tenants as [TenantConfig];
const gateway = prod.services['api-gateway'];

// A node has 1930m and 6012Mi, of which DaemonSets take 370m and 538Mi, and the largest pod of a service may find no room;
// tenants fill more than half of two nodes together.
test.each<[string, EnvironmentConfig, number]>([
  ['CPU: 17200m of services and 1120m of controllers by 1360m, 1000m of a tenant by 780m', prod, 15],
  ['the same, the tenant suspended', { ...prod, tenants: [{ ...acme, status: 'suspended' }] }, 14],
  [
    'a little more, which services and controllers together leave no room for',
    {
      ...prod,
      tenants: [{ ...acme, status: 'suspended' }],
      services: {
        ...prod.services,
        'api-gateway': {
          ...gateway,
          resources: { ...gateway.resources, requests: { ...gateway.resources.requests, cpu: '221m' } },
        },
      },
    },
    15,
  ],
  ['the same, the tenant premium: 8000m', { ...prod, tenants: [{ ...acme, tier: 'premium' }] }, 24],
  [
    'memory: 100352Mi of services and 2866Mi of controllers by 3426Mi, 2048Mi of a tenant by 2737Mi',
    {
      ...prod,
      services: {
        ...prod.services,
        'api-gateway': {
          ...gateway,
          resources: { requests: { cpu: '200m', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } },
        },
      },
    },
    31,
  ],
])('counts nodes by %s', (_, config, count) => {
  expect(nodes(config)).toBe(count);
});

test.each(ENVIRONMENT_NAMES)('every node of %s holds the largest pod', (name) => {
  for (const { instanceType } of Object.values(environment(name).cluster.nodeGroups))
    expect(machine(instanceType).millicores).toBeGreaterThan(millicores(LARGEST_POD.cpu)!);
});

// The rehearsal makes its nodes by the same figures.
test.each([
  ['m5.large', 1930, 6012],
  ['r5.large', 1930, 13590],
  ['m5.xlarge', 3920, 13590],
  ['m5.2xlarge', 7910, 28745],
  ['c6i.xlarge', 3920, 6012],
  ['m7g.medium', 940, 2223],
  ['t3.medium', 1930, 2223],
])('%s has %d millicores and %d MiB for pods', (instanceType, cpu, mebibytes) => {
  const { millicores: free, bytes } = machine(instanceType);
  expect([free, Math.floor(bytes / 2 ** 20)]).toEqual([cpu, mebibytes]);
});
