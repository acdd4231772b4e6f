import type { LimitRange, ResourceQuota } from 'kubernetes-types/core/v1';
import { namespaces } from '../../lib/kubernetes/namespaces';
import { platformPriority } from '../../lib/kubernetes/priority-class';
import { ssdStorage } from '../../lib/kubernetes/storage-class';

const quota = (pods: number) => ({
  pods,
  requests: { cpu: `${pods}`, memory: `${pods}Gi` },
  limits: { cpu: `${2 * pods}`, memory: `${2 * pods}Gi` },
});
const made = namespaces({
  tags: { environment: 'development', owner: 'us', costCenter: 'ours' },
  quotas: { 'platform-core': quota(1), 'platform-apps': quota(2), 'platform-monitoring': quota(3) },
  extraNamespaces: [{ name: 'platform-dev', team: 'development', securityLevel: 'low', quota: quota(4) }],
});
const all = ['platform-core', 'platform-apps', 'platform-monitoring', 'platform-dev'];
const of = <T extends object>(kind: string) => made.filter((object) => object.kind === kind) as unknown as T[];

test('every environment has three namespaces, and its own, with their labels (S16)', () => {
  expect(made.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata)).toEqual(
    [
      ['platform-core', 'platform', 'high'],
      ['platform-apps', 'application', 'medium'],
      ['platform-monitoring', 'devops', 'medium'],
      ['platform-dev', 'development', 'low'],
    ].map(([namespace, team, level]) => ({
      name: namespace,
      labels: {
        environment: 'development',
        team,
        'security-level': level,
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    })),
  );
});

test('each has the quota that is configured for it, and no load balancers of its own', () => {
  const quotas = of<ResourceQuota>('ResourceQuota').filter(({ metadata }) => metadata?.name === 'quota');
  expect(quotas.map(({ metadata, spec }) => [metadata?.namespace, spec?.hard])).toEqual(
    all.map((namespace, index) => [
      namespace,
      {
        pods: `${index + 1}`,
        'requests.cpu': `${index + 1}`,
        'requests.memory': `${index + 1}Gi`,
        'limits.cpu': `${2 * index + 2}`,
        'limits.memory': `${2 * index + 2}Gi`,
        'services.loadbalancers': '0',
        'services.nodeports': '0',
      },
    ]),
  );
});

test('a pod that asks for no CPU or memory is refused: nothing here gives it defaults', () => {
  const ranges = of<LimitRange>('LimitRange');
  expect(ranges.map(({ metadata }) => metadata?.namespace)).toEqual(all);
  for (const limit of ranges.flatMap(({ spec }) => spec!.limits).filter(({ type }) => type === 'Container'))
    // The maximum of a container would be its default limit.
    for (const amounts of [limit.max, limit.default, limit.defaultRequest])
      expect(Object.keys(amounts ?? {})).not.toEqual(expect.arrayContaining([expect.stringMatching(/cpu|memory/)]));
});

test('no pod fills the disk of its node, whatever it says and does not say', () => {
  for (const { spec } of of<LimitRange>('LimitRange')) {
    expect(spec!.limits).toContainEqual({
      type: 'Container',
      default: { 'ephemeral-storage': '1Gi' },
      defaultRequest: { 'ephemeral-storage': '64Mi' },
    });
    expect(spec!.limits.find(({ type }) => type === 'Pod')!.max).toMatchObject({ 'ephemeral-storage': '4Gi' });
  }
});

test('no pod takes more than a node has, and no volume more than 100 GiB', () => {
  for (const { spec } of of<LimitRange>('LimitRange'))
    expect(spec?.limits.map(({ max }) => max)).toEqual([
      { cpu: '1500m', memory: '4Gi', 'ephemeral-storage': '4Gi' },
      undefined,
      { storage: '100Gi' },
    ]);
});

test('people have no pods with the priority of the platform', () => {
  const refusing = of<ResourceQuota>('ResourceQuota').filter(({ spec }) => spec?.scopeSelector);
  expect(refusing.map(({ metadata, spec }) => [metadata?.namespace, spec?.hard])).toEqual([
    ['platform-dev', { pods: '0' }],
  ]);
});

test("the platform's pods go before those of tenants and people, who name no priority, and after those of Kubernetes", () => {
  const { metadata, value, globalDefault, preemptionPolicy } = platformPriority();
  const [refused] = of<ResourceQuota>('ResourceQuota').flatMap(
    ({ spec }) => spec?.scopeSelector?.matchExpressions ?? [],
  );
  expect(refused?.values).toContain(metadata.name);
  expect([globalDefault, preemptionPolicy]).toEqual([false, undefined]);
  expect(value).toBeGreaterThan(0);
  expect(value).toBeLessThanOrEqual(1_000_000_000);
});

test('ssd-storage is encrypted gp3, made where its pod runs (S27)', () => {
  expect(ssdStorage()).toMatchObject({
    metadata: { name: 'ssd-storage' },
    provisioner: 'ebs.csi.aws.com',
    parameters: { type: 'gp3', encrypted: 'true' },
    volumeBindingMode: 'WaitForFirstConsumer',
  });
});
