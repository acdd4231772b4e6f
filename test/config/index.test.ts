import { ConfigurationError, environment, environments, validated } from '../../lib/config';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { SAMPLES } from '../sample';

test('lists the environments when asked for an unknown one', () => {
  expect(() => environment('prd')).toThrow(new ConfigurationError('-c env is "prd": choose dev, staging, prod'));
});

test('takes an override of the command line', () => {
  for (const wanted of [true, false])
    expect(environment('prod', { deletionProtection: `${wanted}` }).deletionProtection).toBe(wanted);
  expect(() => environment('prod', { deletionProtection: 'no' })).toThrow(
    new ConfigurationError('-c deletionProtection is "no": write true or false'),
  );
});

const { dev, prod } = SAMPLES;
const own: EnvironmentConfig = { ...dev, account: '000000000000', domain: undefined };
const [zone] = prod.domain!.zones;

/** What production is refused for beside a development environment. */
const refused = (development: EnvironmentConfig): readonly string[] => {
  const all = environments as Record<'dev' | 'prod', EnvironmentConfig>;
  const replaced = [jest.replaceProperty(all, 'prod', prod), jest.replaceProperty(all, 'dev', development)];
  try {
    environment('prod');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  } finally {
    for (const each of replaced) each.restore();
  }
};

test.each<[string, Partial<EnvironmentConfig>, string]>([
  ['an account', { account: prod.account }, 'account is "333333333333", that of dev'],
  [
    'a name on the internet',
    { domain: { hosts: { app: 'dev.example', api: prod.domain!.hosts.api }, zones: [{ name: 'dev.example' }] } },
    'domain.hosts has "api.platform.example", a name of dev',
  ],
  [
    'a hosted zone',
    { domain: { hosts: { app: 'dev.example', api: 'api.dev.example' }, zones: [{ ...zone!, name: 'dev.example' }] } },
    'domain.zones.platform.example.id is "Z0123456789ABCDEFGHIJ", a zone of dev',
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
