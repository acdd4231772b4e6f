import { planOf } from '../../doctor/assembly';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { environment } from '../fixtures';
import { once } from '../synth';
import { manifestsOf } from '../../verify/rollouts';
import { targetOf } from '../../verify/target';

const target = (config: EnvironmentConfig) => targetOf(config, planOf(config, once(config).directory));

describe('what is verified of production', () => {
  const { sites } = target(environment('prod'));

  test('every public host, with the paths of its pods', () => {
    expect(
      sites.map(({ name, hosts, paths, closedPaths, listed }) => [name, hosts, paths, closedPaths, listed]),
    ).toEqual([
      ['app', ['platform.com', 'www.platform.com'], ['/api/health', '/api/ready'], [], false],
      ['api', ['api.platform.com'], ['/health', '/ready'], [], false],
      ['grafana', ['grafana.platform.com'], ['/api/health'], ['/metrics'], true],
    ]);
  });

  test("the security headers of the specification, as CloudFront's answers have them", () => {
    const always = {
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    };
    const [app, api, grafana] = sites.map(({ headers }) =>
      Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    );
    expect(app).toEqual({
      ...always,
      'x-xss-protection': '1; mode=block',
      'content-security-policy': expect.stringMatching(/^default-src 'self'; .* https:\/\/api\.platform\.com;$/),
    });
    expect(api).toEqual(always);
    expect(grafana).toEqual({ ...always, 'referrer-policy': 'same-origin' });
  });

  test('every workload of the manifests, with its image', () => {
    const names = manifestsOf(target(environment('prod'))).map(({ namespace, name }) => `${namespace}/${name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'platform-core/api-gateway-blue',
        'platform-apps/frontend-blue',
        'platform-monitoring/prometheus',
      ]),
    );
  });
});

test('without a domain, only a deployment knows the hosts, and the API in the policy of pages', () => {
  const { domain: _, ...dev } = environment('dev');
  const { sites } = target(dev);
  const [app] = sites;
  expect(sites.map(({ hosts }) => hosts)).toEqual(sites.map(() => []));
  const policy = app!.headers.find(({ name }) => name === 'content-security-policy')!;
  expect(policy.value).toMatch(/ https:\/\/\*;$/);
  expect(policy.pattern.test(policy.value.replace('*', 'd111111abcdef8.cloudfront.net'))).toBe(true);
  expect(policy.pattern.test(policy.value.replace("'self'", '*'))).toBe(false);
});
