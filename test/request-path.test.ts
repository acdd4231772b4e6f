import { type EnvironmentConfig, type SiteName } from '../lib/config/environment';
import { templatesOf } from './references';
import { answers } from './request-path';
import { SAMPLES, WITH_GRAFANA } from './sample';
import { once } from './synth';
import { hostsOf } from './sites';
import { ENVIRONMENT_NAMES, environment } from './fixtures';

const nameless = (config: EnvironmentConfig): EnvironmentConfig => ({ ...config, domain: undefined });
const configurations: readonly (readonly [string, EnvironmentConfig])[] = [
  ...ENVIRONMENT_NAMES.map((name) => [name, environment(name)] as const),
  ['production without a domain', nameless(SAMPLES.prod)],
  ['production that shows Grafana', WITH_GRAFANA],
  ['the same without a domain', nameless(WITH_GRAFANA)],
];

/** At the root, and deeper. */
const twice = <T>(row: T): readonly T[] => [row, row];

const answersOf = (config: EnvironmentConfig) => answers(templatesOf(once(config)), config);

test.each(configurations)('%s answers every host, on every path (S5, S6, S7, S20, S23)', (__, config) => {
  const hosts = (site: SiteName) => (config.domain ? hostsOf(config, site) : ['*']);
  const { allowedCidrs } = config.monitoring.grafana;
  const answered = answersOf(config).map(({ host, site, behaviour, cache, origin, pods }) => [
    config.domain ? host : '*',
    site,
    behaviour.path,
    cache,
    pods ? `${pods.binding.namespace}/${pods.binding.service}` : origin.bucket,
  ]);
  expect(answered).toEqual([
    ...hosts('app').flatMap((host) => [
      ...twice([host, 'app', '*', 'nothing', 'platform-apps/frontend-blue']),
      [host, 'app', '/_next/static/*', 'all', 'platform-apps/frontend-blue'],
      [host, 'app', '/assets/*', 'all', 'assets'],
    ]),
    ...hosts('api').flatMap((host) => twice([host, 'api', '*', 'nothing', 'platform-core/api-gateway-blue'])),
    ...(allowedCidrs.length > 0
      ? hosts('grafana').flatMap((host) => twice([host, 'grafana', '*', 'nothing', 'platform-monitoring/grafana']))
      : []),
  ]);
});

test('CloudFront encrypts what it sends to the load balancer where there is a certificate for it', () => {
  const listeners = configurations.map(([, config]) => [
    ...new Set(
      answersOf(config).flatMap(({ pods }) => (pods ? `${pods.listener.protocol} ${pods.listener.port}` : [])),
    ),
  ]);
  expect(listeners).toEqual(configurations.map(([, { domain }]) => [domain ? 'HTTPS 443' : 'HTTP 80']));
});
