import { ConfigurationError, environment, validated } from '../../lib/config';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { pipeline } from '../fixtures';
import { SAMPLES } from '../sample';

const { dev, prod } = SAMPLES;

test('lists the environments when asked for an unknown one', () => {
  expect(() => environment('prd', {}, [dev, prod])).toThrow(
    new ConfigurationError('-c env is "prd": choose dev, prod'),
  );
});

test('takes an override of the command line', () => {
  for (const wanted of [true, false])
    expect(environment('prod', { deletionProtection: `${wanted}` }, [prod], pipeline).deletionProtection).toBe(wanted);
  expect(() => environment('prod', { deletionProtection: 'no' }, [prod])).toThrow(
    new ConfigurationError('-c deletionProtection is "no": write true or false'),
  );
});

const own: EnvironmentConfig = {
  ...dev,
  account: '000000000000',
  domain: undefined,
  cluster: { ...dev.cluster, administratorRoleArns: ['arn:aws:iam::000000000000:role/Admin'] },
};
const [zone] = prod.domain!.zones;

/** Problems for which production is refused beside a development environment. */
const refused = (development: EnvironmentConfig): readonly string[] => {
  try {
    environment('prod', {}, [development, prod], pipeline);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
};

test.each<[string, Partial<EnvironmentConfig>, string]>([
  ['an account', { account: prod.account }, 'account is "333333333333", which dev has too'],
  [
    'a name on the internet',
    { domain: { hosts: { app: 'dev.example', api: prod.domain!.hosts.api }, zones: [{ name: 'dev.example' }] } },
    'domain.hosts has "api.platform.example", which dev has too',
  ],
  [
    'a hosted zone',
    { domain: { hosts: { app: 'dev.example', api: 'api.dev.example' }, zones: [{ ...zone!, name: 'dev.example' }] } },
    'domain.zones.platform.example.id is "Z0123456789ABCDEFGHIJ", which dev has too',
  ],
])('refuses an environment that has %s of another', (_, change, problem) => {
  expect(refused(own)).toEqual([]);
  expect(refused({ ...own, ...change })).toEqual([expect.stringContaining(`prod: ${problem}: `)]);
});

test('lists every problem in one error', () => {
  const wrong = { ...prod, account: 'x', network: { ...prod.network, natGateways: 7 } };
  expect(() => validated(wrong)).toThrow(
    /cannot be deployed:\n {2}- prod: account .*\n {2}- prod: network.natGateways/,
  );
});

test('refuses two environments of one name, and of one long name', () => {
  expect(() => environment('prod', {}, [prod, prod])).toThrow(
    /prod: name is "prod" in two environments: give each its own/,
  );
  const { environment: long } = prod.tags;
  expect(refused({ ...own, tags: { ...own.tags, environment: long } })).toEqual([
    expect.stringContaining(`prod: tags.environment is "${long}", which dev has too: `),
  ]);
});

test('an environment is a value with a name of its own: no type and no list knows it', () => {
  const qa = { ...own, name: 'qa-2', tags: { ...own.tags, environment: 'quality-assurance' } };
  expect(environment('qa-2', {}, [prod, qa], pipeline)).toBe(qa);
  for (const name of ['pipeline', 'QA', '2qa', 'qa--2', 'qa-', 'longer-than-ten', ''])
    expect(() => validated({ ...qa, name })).toThrow(/environment: name is "/);
});
