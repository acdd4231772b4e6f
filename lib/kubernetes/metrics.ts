import { SERVICES } from '../model/services';

/** A metric that services export at `/metrics`, port 9090. */
export interface ServiceMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The meaning of each label. The number of its values has to be small, and known. */
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
  /** Services that export it. */
  readonly by: readonly string[];
  readonly meaning: string;
}

const all = Object.keys(SERVICES);
const REQUEST = {
  method: 'the HTTP method, in capitals',
  route: 'the pattern of the route, `/users/:id`. Never the path itself, which would make a series for each user',
};

/** Bounds of the duration of a request, in seconds: half a second, which the objective names, is one of them. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Metrics that services have to export: rules and dashboards take their names from here. The last ones, prom-client exports by itself. */
export const SERVICE_METRICS = {
  http_requests_total: {
    type: 'counter',
    labels: { ...REQUEST, code: 'the status, `200`' },
    by: all,
    meaning: 'answered requests, without probes and metrics',
  },
  http_request_duration_seconds: {
    type: 'histogram',
    labels: REQUEST,
    buckets: DURATION_BUCKETS,
    by: all,
    meaning: 'duration of requests, from their first byte to the last byte of the answer',
  },
  tenant_requests_total: {
    type: 'counter',
    labels: {
      tenant: 'the ID of an existing tenant',
      outcome: '`success`, or `failure` for a status of 500 or above',
    },
    by: ['api-gateway'], // where all requests of tenants pass: elsewhere, a tenant would be a series of each route
    meaning: 'requests of a tenant, over all routes',
  },
  process_cpu_seconds_total: { type: 'counter', labels: {}, by: all, meaning: 'CPU time of the process' },
  process_resident_memory_bytes: { type: 'gauge', labels: {}, by: all, meaning: 'memory of the process' },
  nodejs_heap_size_used_bytes: { type: 'gauge', labels: {}, by: all, meaning: 'memory of the objects of the program' },
  nodejs_eventloop_lag_p99_seconds: {
    type: 'gauge',
    labels: {},
    by: all,
    meaning: 'how long the slowest 1 % of events waited for the program',
  },
} as const satisfies Readonly<Record<string, ServiceMetric>>;

/** The series of a metric, as queries name them. */
export const seriesOf = (name: string, { type }: Pick<ServiceMetric, 'type'>): readonly string[] =>
  type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
