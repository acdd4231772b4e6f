import { ConfigurationError, environment, environments, validated } from '../../lib/config';

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

test('refuses an environment in the account of another', () => {
  const { account } = environments.prod;
  const replaced = jest.replaceProperty(environments as Record<'dev', typeof environments.dev>, 'dev', {
    ...environments.dev,
    account,
  });
  expect(() => environment('prod')).toThrow(/prod: account is .*, that of dev/);
  replaced.restore();
});

test('lists every problem in one error', () => {
  const prod = environment('prod');
  const wrong = { ...prod, account: 'x', network: { ...prod.network, natGateways: 7 } };
  expect(() => validated(wrong)).toThrow(
    /cannot be deployed:\n {2}- prod: account .*\n {2}- prod: network.natGateways/,
  );
});
