import { SERVICES } from '../../../../lib/model/services';
import { DURATION_BUCKETS } from '../../../../lib/kubernetes/metrics';
import { between, counter, gauge, type Labels, type Values } from './series';
import { SPECIFIED_SERVICES, type SpecifiedService } from '../../../../test/fixtures/specified-services';
import { chance, incident } from './time';

/** Requests a second to each service of the pictures, and its routes. */
const TRAFFIC = {
  'api-gateway': [42, 'GET /tickets', 'GET /tickets/:id', 'POST /tickets', 'GET /users/:id', 'PATCH /tickets/:id'],
  frontend: [18, 'GET /', 'GET /tickets', 'GET /tickets/:id'],
  'auth-service': [31, 'POST /tokens/verify', 'POST /tokens', 'GET /keys'],
  'tenant-service': [7, 'GET /tenants/:id', 'PATCH /tenants/:id'],
  'service-registry': [4, 'GET /services', 'PUT /services/:name'],
} as const satisfies Record<SpecifiedService, readonly [perSecond: number, ...routes: string[]]>;

const MIB = 2 ** 20;

/** Pods of a service, of which it has three. */
export const podsOf = (service: string): readonly string[] =>
  ['x7k2p', 'm4d9c', 'q8w5t'].map((end) => `${service}-6f8b9c7d54-${end}`);

/** The service that fails in the incident, and the one because of which it does. */
const FAILING = 'api-gateway';
export const CAUSE = 'auth-service';

/** Share of the requests that take no longer than a bound, where half of them take so many seconds. */
const within = (bound: number, median: number) => 1 / (1 + (median / bound) ** 2.6);

const route = (labels: Labels, name: string, perSecond: Values, median: Values): readonly string[] => {
  const [method, pattern] = name.split(' ') as [string, string];
  const own = { ...labels, method, route: pattern };
  const failing: Values = (minute) => (labels.app === FAILING ? 0.0002 + 0.08 * incident(minute) : 0.0001);
  const share =
    (of: Values): Values =>
    (minute) =>
      perSecond(minute) * of(minute);
  return [
    counter(
      'http_requests_total',
      { ...own, code: '200' },
      share((minute) => 0.985 - failing(minute)),
    ),
    counter(
      'http_requests_total',
      { ...own, code: '404' },
      share(() => 0.015),
    ),
    counter('http_requests_total', { ...own, code: '503' }, share(failing)),
    counter('http_request_duration_seconds_count', own, perSecond),
    counter(
      'http_request_duration_seconds_sum',
      own,
      share((minute) => 1.3 * median(minute)),
    ),
    ...DURATION_BUCKETS.map((le) =>
      counter(
        'http_request_duration_seconds_bucket',
        { ...own, le: `${le}` },
        share((minute) => within(le, median(minute))),
      ),
    ),
    counter('http_request_duration_seconds_bucket', { ...own, le: '+Inf' }, perSecond),
  ];
};

const service = (app: SpecifiedService): readonly string[] => {
  const [perSecond, ...routes] = TRAFFIC[app];
  return podsOf(app).flatMap((pod) => {
    const labels = { job: 'platform-services', instance: `${pod}:9090`, app, pod };
    const process = (metric: string, low: number, high: number) =>
      gauge(metric, labels, between(pod + metric, low, high));
    return [
      ...routes.flatMap((name, i) => {
        const traffic = perSecond / podsOf(app).length / (i + 1.5);
        const median = 0.02 + 0.05 * chance(app, name);
        return route(
          labels,
          name,
          between(app + name, 0.8 * traffic, 1.2 * traffic),
          between(app + name, median, 1.4 * median, [FAILING, CAUSE].includes(app) ? 6 * median : undefined),
        );
      }),
      counter('process_cpu_seconds_total', labels, between(pod, 0.05, 0.12, app === FAILING ? 0.3 : undefined)),
      process('process_resident_memory_bytes', 150 * MIB, 180 * MIB),
      process('nodejs_heap_size_used_bytes', 60 * MIB, 85 * MIB),
      gauge('nodejs_eventloop_lag_p99_seconds', labels, between(pod, 0.011, 0.02, app === CAUSE ? 0.2 : undefined)),
    ];
  });
};

/** Tenants, and their requests a second. One of them calls something that fails. */
export const TENANTS: Readonly<Record<string, number>> = {
  acme: 8.1,
  globex: 6.4,
  initech: 5.2,
  umbrella: 4.4,
  stark: 3.7,
  wayne: 2.9,
  hooli: 2.2,
  wonka: 1.6,
  cyberdyne: 1.1,
  tyrell: 0.8,
  soylent: 0.5,
  aperture: 0.3,
};
const FAULTY = 'globex';

const tenant = ([name, perSecond]: readonly [string, number]): readonly string[] => {
  const requests = between(name, 0.7 * perSecond, 1.3 * perSecond);
  const failing: Values = (minute) =>
    0.0005 + 0.003 * chance(name) + (name === FAULTY && minute > 330 ? 0.09 : 0) + 0.03 * incident(minute);
  const labels = { job: 'platform-services', app: FAILING, pod: podsOf(FAILING)[0]!, tenant: name };
  return [
    counter('tenant_requests_total', { ...labels, outcome: 'success' }, (at) => requests(at) * (1 - failing(at))),
    counter('tenant_requests_total', { ...labels, outcome: 'failure' }, (at) => requests(at) * failing(at)),
  ];
};

/** Series that services export by the contract. */
export const serviceSeries = (): readonly string[] => [
  ...SPECIFIED_SERVICES.flatMap(service),
  ...Object.entries(TENANTS).flatMap(tenant),
];

/** The namespace of a service. */
export const namespaceOf = (name: SpecifiedService): string => SERVICES[name].namespace;
