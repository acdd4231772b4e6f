import { ConfigurationError, environment, validated } from '../../lib/config';

test('lists the environments when asked for an unknown one', () => {
  expect(() => environment('prd')).toThrow(new ConfigurationError('-c env is "prd": choose dev, staging, prod'));
});

test('takes an override of the command line', () => {
  expect(environment('prod').deletionProtection).toBe(true);
  expect(environment('prod', { deletionProtection: 'false' }).deletionProtection).toBe(false);
  expect(() => environment('prod', { deletionProtection: 'no' })).toThrow(
    new ConfigurationError('-c deletionProtection is "no": write true or false'),
  );
});

test('lists every problem in one error', () => {
  const prod = environment('prod');
  const wrong = { ...prod, account: 'x', network: { ...prod.network, natGateways: 7 } };
  expect(() => validated(wrong)).toThrow(
    /cannot be deployed:\n {2}- prod: account .*\n {2}- prod: network.natGateways/,
  );
});

// The numbers of the specification's values.yaml (staging), values-dev.yaml and values-prod.yaml (S39 to S41).
test.each([
  ['dev', [1, 1, 1, 1, 1], { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } }],
  [
    'staging',
    [3, 3, 2, 2, 2],
    { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  ],
  ['prod', [5, 5, 3, 3, 3], { requests: { cpu: '200m', memory: '512Mi' }, limits: { cpu: '1000m', memory: '1Gi' } }],
])('%s runs as many and as large services as the specification says', (name, replicas, gateway) => {
  const { services } = environment(name);
  const order = ['api-gateway', 'frontend', 'auth-service', 'tenant-service', 'service-registry'] as const;
  expect(order.map((service) => services[service].replicas)).toEqual(replicas);
  expect(services['api-gateway'].resources).toEqual(gateway);
});
