import * as fc from 'fast-check';
import { SAMPLES } from '../sample';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { sharedAccountProblems } from '../../lib/config/rules/environment';
import { problems } from '../../lib/config/validation';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';
import { withRelease } from '../fixtures/services';
import { withNetwork } from './rules/changed';

const { prod } = SAMPLES;

const quota = prod.quotas['platform-apps'];

const released = (tag: string): EnvironmentConfig => ({
  ...prod,
  releases: withRelease(prod.releases, 'api-gateway', { tag }),
});

const copiesIn = (region: string): EnvironmentConfig => ({ ...prod, recovery: { ...prod.recovery!, region } });

const withGateway = (gateway: Partial<EnvironmentConfig['services']['api-gateway']>): EnvironmentConfig => ({
  ...prod,
  services: { ...prod.services, 'api-gateway': { ...prod.services['api-gateway'], ...gateway } },
});

test.each(ENVIRONMENT_NAMES)('%s has no problem', (name) => {
  expect(problems(environment(name))).toEqual([]);
});

test('two environments do not share an account', () => {
  const staging: EnvironmentConfig = { ...prod, name: 'staging' };
  expect(sharedAccountProblems(prod, [staging, prod])).toEqual([
    'prod: account is "333333333333", which staging has too: give each environment its own account',
  ]);
  expect(sharedAccountProblems(prod, [{ ...staging, account: '222222222222' }, prod])).toEqual([]);
});

test.each([
  ['an account that is none', { ...prod, account: '12345' }, /^prod: account is "12345": write the 12 digits/],
  ['the home region for recovery', copiesIn(prod.region), /recovery.region is "ap-southeast-1"/],
  ['a region that is none', copiesIn('mars'), /recovery.region is "mars": write a region like/],
  ...['', 'a b', '-qa', 'x'.repeat(64)].map(
    (long) =>
      [
        `a long name that is no label (${long})`,
        { ...prod, tags: { ...prod.tags, environment: long } },
        /tags.environment is ".*": write up to 63 letters/,
      ] as const,
  ),
  ...['aws:foo', 'AWS:foo', 'aWs:', '', ' ', 'o'.repeat(257), '\u{1D49C}'.repeat(129), 'a\nb', 'a#b'].map(
    (owner) =>
      [
        `the tag ${JSON.stringify(owner.slice(0, 10))}`,
        { ...prod, tags: { ...prod.tags, owner } },
        /tags.owner is ".*: write 1 to 256/,
      ] as const,
  ),
  ['a tag that AWS refuses', { ...prod, tags: { ...prod.tags, owner: 'a;b<c>' } }, /tags.owner is "a;b<c>"/],
  ['an account that is a number', JSON.parse(JSON.stringify({ ...prod, account: 1 })), /account is 1: .*in quotes/],
  [
    'a name that is none',
    { ...JSON.parse(JSON.stringify(prod)), name: 'Production' },
    /name is "Production": write up to 10 lower case letters/,
  ],
  [
    'a namespace that every environment has',
    { ...prod, extraNamespaces: [{ name: 'platform-core', team: 'x', securityLevel: 'low', quota }] },
    /extraNamespaces has "platform-core", which every environment already has/,
  ],
  [
    'a namespace that belongs to Kubernetes',
    { ...prod, extraNamespaces: [{ name: 'kube-system', team: 'x', securityLevel: 'low', quota }] },
    /extraNamespaces has "kube-system"/,
  ],
  [
    'a CPU that is nothing',
    withGateway({ resources: { requests: { cpu: '0', memory: '1Mi' }, limits: { cpu: '1', memory: '1Gi' } } }),
    /requests.cpu is "0"/,
  ],
  ['a moving image tag', released('latest'), /api-gateway.blue.tag is "latest"/],
  ['no replica', withGateway({ replicas: 0 }), /api-gateway.replicas is 0/],
  [
    'a request above its limit',
    withGateway({ resources: { requests: { cpu: '2', memory: '2Gi' }, limits: { cpu: '500m', memory: '512Mi' } } }),
    /limits.cpu is "500m", below the request of 2/,
  ],
  [
    'a quantity that is none',
    withGateway({ resources: { requests: { cpu: '100 m', memory: '1GB' }, limits: { cpu: '500m', memory: '1Gi' } } }),
    /requests.cpu is "100 m": write a quantity like 100m/,
  ],
] as const)('refuses %s', (_, config, message) => {
  expect(problems(config)).toContainEqual(expect.stringMatching(message));
});

test('reports all problems at once', () => {
  const config = {
    ...withNetwork({ natGateways: 9, vpcCidr: '10.128.0.0/16' }),
    recovery: copiesIn(prod.region).recovery,
  };
  expect(problems(config)).toHaveLength(3);
});

test('a problem names the environment and its field', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (account, natGateways) => {
      for (const problem of problems({ ...withNetwork({ natGateways }), account }))
        expect(problem).toMatch(/^prod: [a-zA-Z.[\]0-9-]+ (is|has|repeats) /);
    }),
  );
});
