import { requests } from '../../rehearsal/src/drills/requests';
import type { AwsParts } from '../../rehearsal/src/drills/request-path';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const pod = (address: string, app = 'web') => ({
  metadata: { namespace: 'shop', labels: { app } },
  status: { podIP: address },
});
const CLUSTER = {
  services: [{ metadata: { namespace: 'shop', name: 'frontend' }, spec: { selector: { app: 'web' } } }],
  pods: [pod('10.0.0.1'), pod('10.0.0.2'), pod('10.0.0.9', 'job')],
  targetgroupbindings: [
    { metadata: { namespace: 'shop' }, spec: { targetGroupARN: 'arn:web', serviceRef: { name: 'frontend' } } },
  ],
};
const target = (address: string, fault: string | null = null) => ({ address, port: 3000, fault });
const record = (name: string, type: string) => ({ name, type, alias: 'd1.cloudfront.net' });

/** One site with a bucket and a load balancer, as it should be. */
const site = () => ({
  records: [record('example.com', 'A'), record('example.com', 'AAAA')],
  distributions: [
    {
      id: 'E1',
      domain: 'd1.cloudfront.net',
      enabled: true,
      ipv6: true,
      aliases: ['example.com'],
      behaviours: [
        { path: '/assets/*', origin: 'assets', forwardsHost: false },
        { path: '/static/*', origin: 'lb', forwardsHost: true },
        { path: '*', origin: 'lb', forwardsHost: true },
      ],
      origins: [
        { id: 'assets', domain: 'x', headers: {}, vpcOrigin: null, bucket: 'files', unreadable: null as string | null },
        { id: 'lb', domain: 'lb.internal', headers: {}, vpcOrigin: 'vo_1', bucket: null, unreadable: null },
      ],
    },
  ],
  vpcOrigins: [{ id: 'vo_1', balancer: 'arn:lb', protocol: 'https-only', httpPort: 80, httpsPort: 443 }],
  loadBalancers: [
    {
      arn: 'arn:lb',
      name: 'lb',
      listeners: [
        {
          protocol: 'HTTPS',
          port: 443,
          open: true,
          names: ['*.example.com', 'example.com'],
          rules: [
            {
              conditions: [{ field: 'host-header', header: '', values: ['example.com', 'www.example.com'] }],
              targetGroups: [{ arn: 'arn:web', weight: 1 }],
            },
            { conditions: [], targetGroups: [] as { arn: string; weight: number }[] },
          ],
        },
      ],
    },
  ],
  targetGroups: [{ arn: 'arn:web', name: 'web', targets: [target('10.0.0.1'), target('10.0.0.2')] }],
});

const walk = (parts: AwsParts, held: Record<string, readonly object[]> = CLUSTER) => {
  let now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => (now += 6000));
  return requests(fakeCluster(held), async () => parts);
};
afterEach(() => jest.restoreAllMocks());

test('says where a request to each host arrives', async () => {
  expect(await walk(site())).toEqual({
    faults: [],
    line: 'https://example.com → frontend (2 pods), /assets/* → bucket files',
  });
});

test('without domains, the distributions have their own names, and a header tells them apart', async () => {
  const parts = site();
  const [distribution] = parts.distributions;
  Object.assign(distribution!, { aliases: [] });
  Object.assign(distribution!.origins[1]!, { headers: { 'x-site': 'app' } });
  Object.assign(parts.vpcOrigins[0]!, { protocol: 'http-only' });
  const [listener] = parts.loadBalancers[0]!.listeners;
  Object.assign(listener!, { protocol: 'HTTP', port: 80, names: [] });
  listener!.rules[0]!.conditions = [{ field: 'http-header', header: 'x-site', values: ['app'] }];
  const { faults, line } = await walk({ ...parts, records: [] });
  expect({ faults, line }).toEqual({
    faults: [],
    line: 'https://d1.cloudfront.net → frontend (2 pods), /assets/* → bucket files',
  });
  listener!.rules[0]!.conditions[0]!.values = ['api'];
  expect((await walk({ ...parts, records: [] })).faults).toContain(
    'https://d1.cloudfront.net/*: no rule of lb forwards the host d1.cloudfront.net, x-site: app',
  );
});

test('a distribution without addresses of IPv6 needs no record of them', async () => {
  const parts = site();
  Object.assign(parts.distributions[0]!, { ipv6: false });
  parts.records.pop();
  expect((await walk(parts)).faults).toEqual([]);
});

test('nothing is public without distributions, and the cluster is not asked', async () => {
  const none = { records: [], distributions: [], vpcOrigins: [], loadBalancers: [], targetGroups: [] };
  expect(await walk(none, {})).toEqual({ faults: [], line: 'nothing is public' });
});

type Site = ReturnType<typeof site>;
const listenerOf = ({ loadBalancers }: Site) => loadBalancers[0]!.listeners[0]!;

test.each<[string, (parts: Site) => void, string]>([
  ['record of IPv6', (parts) => parts.records.pop(), 'https://example.com: no zone has an AAAA record of it'],
  [
    'IPv6 of the distribution',
    (parts) => Object.assign(parts.distributions[0]!, { ipv6: false }),
    'https://example.com: it has an AAAA record, and its distribution no addresses of IPv6',
  ],
  [
    'record of a name that the distribution has',
    (parts) => parts.distributions[0]!.aliases.push('www.example.com'),
    'https://www.example.com: no zone has an A record of it',
  ],
  [
    'distribution behind a record',
    (parts) => Object.assign(parts.records[0]!, { alias: 'd2.cloudfront.net' }),
    'https://example.com: its A record leads to d2.cloudfront.net, which no distribution has',
  ],
  [
    'name of a distribution',
    (parts) => parts.distributions[0]!.aliases.pop(),
    'https://example.com: the distribution E1 does not have this name',
  ],
  [
    'switch of a distribution',
    (parts) => Object.assign(parts.distributions[0]!, { enabled: false }),
    'https://example.com: the distribution E1 is not enabled',
  ],
  [
    'difference between two distributions',
    (parts) => parts.distributions.push({ ...parts.distributions[0]!, id: 'E2', domain: 'd2.cloudfront.net' }),
    'https://example.com: the distribution E2 has this name too',
  ],
  [
    'origin',
    (parts) => parts.distributions[0]!.origins.splice(0, 1),
    'https://example.com/assets/*: the distribution E1 has no origin assets',
  ],
  [
    'right to read the bucket',
    (parts) => Object.assign(parts.distributions[0]!.origins[0]!, { unreadable: 'its policy does not let E1 read' }),
    'https://example.com/assets/*: its policy does not let E1 read',
  ],
  [
    'VPC origin',
    (parts) => parts.vpcOrigins.pop(),
    'https://example.com/*: the origin lb.internal is neither a bucket nor a VPC origin that exists',
  ],
  [
    'load balancer',
    (parts) => parts.loadBalancers.pop(),
    'https://example.com/*: the VPC origin vo_1 leads to arn:lb, which does not exist',
  ],
  [
    'listener',
    (parts) => Object.assign(listenerOf(parts), { port: 8443 }),
    'https://example.com/*: the load balancer lb has no listener for HTTPS on port 443',
  ],
  [
    'way into the load balancer',
    (parts) => Object.assign(listenerOf(parts), { open: false }),
    'https://example.com/*: no security group of lb lets CloudFront in on port 443',
  ],
  [
    'certificate',
    (parts) => listenerOf(parts).names.pop(),
    'https://example.com/*: the certificate of lb is for *.example.com, not example.com',
  ],
  [
    'rule for the host',
    (parts) => (listenerOf(parts).rules[0]!.conditions[0]!.values = ['api.example.com']),
    'https://example.com/*: no rule of lb forwards the host example.com',
  ],
  [
    'Host that is forwarded',
    (parts) => {
      parts.distributions[0]!.behaviours.forEach((behaviour) => (behaviour.forwardsHost = false));
      listenerOf(parts).names.push('lb.internal');
    },
    'https://example.com/*: no rule of lb forwards the host lb.internal',
  ],
  [
    'target',
    (parts) => parts.targetGroups[0]!.targets.pop(),
    'https://example.com/*: the pod 10.0.0.2 of frontend is not a target of web',
  ],
  [
    'health of a target',
    (parts) => parts.targetGroups[0]!.targets.splice(0, 1, target('10.0.0.1', 'no container listens on port 3000')),
    'https://example.com/*: the target 10.0.0.1:3000 of web is unhealthy: no container listens on port 3000',
  ],
  [
    'pod behind a target',
    (parts) => parts.targetGroups[0]!.targets.push(target('10.0.0.9')),
    'https://example.com/*: 10.0.0.9 of web is no pod of the Service frontend',
  ],
])('names a missing %s', async (_, breakIt, fault) => {
  const parts = site();
  breakIt(parts);
  expect((await walk(parts)).faults).toContain(fault);
});

const [binding] = CLUSTER.targetgroupbindings;
test.each([
  [
    'order of two bindings',
    {
      targetgroupbindings: [
        { ...binding, metadata: { namespace: 'shop', name: 'one' } },
        { ...binding, metadata: { namespace: 'shop', name: 'two' } },
      ],
    },
    'the TargetGroupBindings one and two name the target group web',
  ],
  ['binding', { targetgroupbindings: [] }, 'no TargetGroupBinding names the target group web'],
  ['pods', { pods: [] }, '10.0.0.1, 10.0.0.2 of web is no pod of the Service frontend'],
])('names missing %s', async (_, held, fault) => {
  expect((await walk(site(), { ...CLUSTER, ...held })).faults).toContain(`https://example.com/*: ${fault}`);
});

/** The site with another group beside its own, whose target is not healthy. */
const weighted = (own: number, other: number) => {
  const parts = site();
  listenerOf(parts).rules[0]!.targetGroups = [
    { arn: 'arn:web', weight: own },
    { arn: 'arn:next', weight: other },
  ];
  parts.targetGroups.push({ arn: 'arn:next', name: 'next', targets: [target('10.0.0.3', 'it does not answer')] });
  return parts;
};

describe('a rule with weights', () => {
  const held = {
    ...CLUSTER,
    services: [
      ...CLUSTER.services,
      { metadata: { namespace: 'shop', name: 'next' }, spec: { selector: { app: 'next' } } },
    ],
    pods: [
      ...CLUSTER.pods,
      { metadata: { namespace: 'shop', name: 'c', labels: { app: 'next' } }, status: { podIP: '10.0.0.3' } },
    ],
    targetgroupbindings: [
      ...CLUSTER.targetgroupbindings,
      {
        metadata: { namespace: 'shop', name: 'next' },
        spec: { targetGroupARN: 'arn:next', serviceRef: { name: 'next' } },
      },
    ],
  };

  test('leads to a group that has one, and to no other', async () => {
    const { faults, line } = await walk(weighted(100, 0), held);
    expect([faults, line]).toEqual([[], expect.stringContaining('example.com → frontend (2 pods),')]);
  });

  test('leads to every group that has one', async () => {
    const { faults } = await walk(weighted(90, 10), held);
    expect(faults).toContain(
      'https://example.com/*: the target 10.0.0.3:3000 of next is unhealthy: it does not answer',
    );
  });

  test('leads nowhere without any', async () => {
    expect((await walk(weighted(0, 0), held)).faults).toContain(
      'https://example.com/*: no rule of lb forwards the host example.com',
    );
  });
});

test('what is missing for a moment is looked for again', async () => {
  const broken = site();
  broken.targetGroups[0]!.targets.pop();
  const looks = [broken, site()];
  expect((await requests(fakeCluster(CLUSTER), async () => looks.shift()!)).faults).toEqual([]);
});
