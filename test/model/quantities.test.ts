import * as fc from 'fast-check';
import type { EnvironmentConfig, Resources } from '../../lib/config/environment';
import { bytes, millicores } from '../../lib/model/quantities';
import { problems } from '../../lib/config/validation';
import { SAMPLES } from '../sample';

const { prod } = SAMPLES;
const withGateway = (resources: Resources): EnvironmentConfig => ({
  ...prod,
  services: { ...prod.services, 'api-gateway': { ...prod.services['api-gateway'], resources } },
});

test.each([
  ['100m', 100],
  ['1', 1000],
  ['0.25', 250],
  ['0.001', 1],
  ['1.5', 1500],
])('%s of CPU is %d millicores', (quantity, amount) => {
  expect(millicores(quantity)).toBe(amount);
});

test.each([
  ['1k', 1000],
  ['2M', 2_000_000],
  ['1G', 1_000_000_000],
  ['1T', 1_000_000_000_000],
  ['3Ki', 3072],
  ['256Mi', 268_435_456],
  ['1Gi', 1_073_741_824],
  ['1Ti', 1_099_511_627_776],
])('%s of memory is %d bytes', (quantity, amount) => {
  expect(bytes(quantity)).toBe(amount);
});

test('nothing else is an amount of either', () => {
  expect(['0', '0m', '0.5m', '0.0001', '-1', '1 m', '1k', 'much', ''].map(millicores)).not.toContainEqual(
    expect.anything(),
  );
  expect(['0Mi', '1', '1.5Gi', '1GB', '1 Gi', '-1Mi', 'much', ''].map(bytes)).not.toContainEqual(expect.anything());
});

test('refuses a limit that is none, of whatever', () => {
  const requests = { cpu: '100m', memory: '128Mi' };
  expect(problems(withGateway({ requests, limits: { cpu: 'much', memory: '1GB' } }))).toEqual([
    'prod: services.api-gateway.resources.limits.cpu is "much": write a quantity like 100m',
    'prod: services.api-gateway.resources.limits.memory is "1GB": write a quantity like 256Mi',
  ]);
});

test('CPU requests are accepted exactly when they do not exceed the limit, in whatever unit', () => {
  const quantity = fc
    .integer({ min: 1, max: 4000 })
    .chain((amount) => fc.constantFrom({ amount, text: `${amount}m` }, { amount: amount * 1000, text: `${amount}` }));
  fc.assert(
    fc.property(quantity, quantity, (request, limit) => {
      const resources = {
        requests: { cpu: request.text, memory: '1Mi' },
        limits: { cpu: limit.text, memory: '1Mi' },
      };
      const found = problems(withGateway(resources));
      expect(found.some((problem) => problem.includes('below the request'))).toBe(request.amount > limit.amount);
    }),
  );
});
