import type { EnvironmentConfig } from '../../../lib/config/environment';
import { problems } from '../../../lib/config/validation';
import { withRelease } from '../../fixtures/services';
import { SAMPLES } from '../../sample';

const { prod } = SAMPLES;
const autoscaling = { minReplicas: 3, maxReplicas: 20, targetCpuPercent: 70, targetMemoryPercent: 80 };
const scaled = (change: Partial<typeof autoscaling>) => ({ ...prod, autoscaling: { ...autoscaling, ...change } });

test.each<[string, EnvironmentConfig, RegExp]>([
  ['no pod at the least', scaled({ minReplicas: 0 }), /autoscaling.minReplicas is 0: choose 1 to 1000/],
  [
    'less at the most than at the least',
    scaled({ minReplicas: 21 }),
    /autoscaling.maxReplicas is 20: choose 21 to 1000/,
  ],
  [
    'a target that no pod reaches',
    scaled({ targetCpuPercent: 1700 }),
    /autoscaling.targetCpuPercent is 1700: choose 1 to 1000/,
  ],
  ['the same of memory', scaled({ targetMemoryPercent: 0 }), /autoscaling.targetMemoryPercent is 0/],
])('refuses %s', (_, config, problem) => {
  expect(problems(config)).toEqual([expect.stringMatching(problem)]);
});

test('refuses more replicas than autoscaling lets a service have, naming each service', () => {
  expect(problems(scaled({ maxReplicas: 4 }))).toEqual([
    expect.stringMatching(
      /services.api-gateway.replicas is 5, above the autoscaling.maxReplicas of 4: lower it, or raise/,
    ),
    expect.stringMatching(/services.frontend.replicas is 5/),
  ]);
});

test('names a service that an environment says nothing about, and one without resources', () => {
  const { frontend, ...others } = prod.services;
  const { resources, ...incomplete } = prod.services['auth-service'];
  const config = { ...prod, services: { ...others, 'auth-service': incomplete } } as unknown as EnvironmentConfig;
  expect([frontend, resources]).not.toContain(undefined);
  expect(problems(config)).toEqual([
    'prod: services.frontend is missing: add its replicas and resources',
    'prod: services.auth-service.resources is missing: add its requests and limits',
  ]);
});

test.each(['1.0.0', 'v2.1.0-rc.1_b', 'a'.repeat(63)])('takes the image tag %s', (tag) => {
  const releases = withRelease(prod.releases, 'auth-service', { tag });
  expect(problems({ ...prod, releases })).toEqual([]);
});

test.each(['_1.0.0', '1.0.0-', 'a'.repeat(64), '1.0+2', 'latest', ''])(
  'refuses the image tag "%s", which is no released version or no value of a label',
  (tag) => {
    const releases = withRelease(prod.releases, 'auth-service', { tag });
    expect(problems({ ...prod, releases })).toEqual([
      expect.stringMatching(/releases.auth-service.tag is ".*": name a released version, e.g. 1.0.0: up to 63 letters/),
    ]);
  },
);

test.each(['', 'sha256:', `sha256:${'A'.repeat(64)}`, `sha512:${'0'.repeat(64)}`, '0'.repeat(64)])(
  'refuses the digest "%s"',
  (digest) => {
    const releases = withRelease(prod.releases, 'frontend', { digest });
    expect(problems({ ...prod, releases })).toEqual([
      expect.stringMatching(/releases.frontend.blue.digest is ".*": write the digest that the registry shows/),
    ]);
  },
);

test("refuses a namespace of people that the gateway would take for a tenant's", () => {
  const quota = prod.quotas['platform-apps'];
  const extraNamespaces = [{ name: 'trials', team: 'tenant', securityLevel: 'low' as const, quota }];
  expect(problems({ ...prod, extraNamespaces })).toEqual([
    expect.stringMatching(/extraNamespaces.trials.team is "tenant", which would open the namespace/),
  ]);
});

describe('the colors of a public service', () => {
  const blue = prod.releases['auth-service'];
  const withGateway = (gateway: object) =>
    problems({ ...prod, releases: { ...prod.releases, 'api-gateway': gateway } } as EnvironmentConfig);

  test('are one or both, and users meet either', () => {
    for (const gateway of [
      { live: 'blue', blue },
      { live: 'green', green: blue },
      { live: 'green', blue, green: { ...blue, replicas: 12 } },
    ])
      expect(withGateway(gateway)).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'a switch to a color that is not there',
      { live: 'green', blue },
      'prod: releases.api-gateway.live is "green", but releases.api-gateway.green is missing: add its tag and digest, or choose "blue"',
    ],
    [
      'no color at all',
      { live: 'blue' },
      'prod: releases.api-gateway.live is "blue", but releases.api-gateway.blue is missing: add its tag and digest',
    ],
    ['another color', { live: 'red', blue }, 'prod: releases.api-gateway.live is "red": choose blue or green'],
    ['no choice', { blue }, 'prod: releases.api-gateway.live is missing: choose blue or green'],
    [
      'more pods than autoscaling allows',
      { live: 'blue', blue, green: { ...blue, replicas: 21 } },
      'prod: releases.api-gateway.green.replicas is 21: choose 1 to 20',
    ],
    [
      'a release without colors',
      blue,
      'prod: releases.api-gateway.tag is not a field: choose live, blue or green, or remove it',
    ],
  ])('refuses %s', (_, gateway, problem) => {
    expect(withGateway(gateway)).toContain(problem);
  });

  test('are of public services only', () => {
    const releases = {
      ...prod.releases,
      'auth-service': { live: 'blue', blue },
    } as unknown as EnvironmentConfig['releases'];
    expect(problems({ ...prod, releases })).toContain(
      'prod: releases.auth-service.live is not a field: choose tag or digest, or remove it',
    );
  });
});
