import { SERVICE_SITES, SITES } from '../../model/sites';
import { DURATION_BUCKETS } from '../metrics';
import type { AlertingRule, RecordingRule } from './rule';

/** Objectives of the public services over thirty days. */
export const OBJECTIVES = {
  /** Share of requests that are answered, and not with a status from 500 on. */
  availability: 0.999,
  /** Share of requests that are answered in time. */
  latency: 0.99,
  /** Seconds that count as in time: a bound of the histogram. */
  inTime: 0.5 satisfies (typeof DURATION_BUCKETS)[number],
} as const;

/** The services that users see. */
export const PUBLIC_SERVICES: readonly string[] = SERVICE_SITES.map((site) => SITES[site].target.name);

const SELECTOR = `job="platform-services", app=~"${PUBLIC_SERVICES.join('|')}"`;
const REQUESTS = 'app:http_requests:rate5m';

/** A promise, and the rate at which requests break it. */
interface Objective {
  readonly name: keyof typeof ALLOWED;
  readonly broken: string;
  readonly alert: string;
  /** Name, in the alert, of the share of requests that may break it. */
  readonly budget: string;
  /** Verb, in the alert, of the requests that broke it. */
  readonly broke: string;
}

const round = (value: number) => Number(value.toFixed(6));

/** How many times too fast the budget of thirty days goes when somebody is woken at once. */
const FASTEST = 14.4;

const allowed = (objective: number) => {
  const budget = round(1 - objective);
  return { budget, alarming: round(FASTEST * budget) };
};

/** Share of requests that may break each promise, and the one that wakes somebody. */
export const ALLOWED = {
  http_request_errors: allowed(OBJECTIVES.availability),
  http_request_delays: allowed(OBJECTIVES.latency),
} as const;

const OBJECTIVE_RULES: readonly Objective[] = [
  {
    name: 'http_request_errors',
    // A service without any error has no such series: its rate is nothing, not unknown.
    broken: `sum by (app) (rate(http_requests_total{${SELECTOR}, code=~"5.."}[5m])) or 0 * ${REQUESTS}`,
    alert: 'ErrorBudget',
    budget: 'error budget',
    broke: 'failed',
  },
  {
    name: 'http_request_delays',
    broken:
      `sum by (app) (rate(http_request_duration_seconds_count{${SELECTOR}}[5m])) - ` +
      `sum by (app) (rate(http_request_duration_seconds_bucket{${SELECTOR}, le="${OBJECTIVES.inTime}"}[5m]))`,
    alert: 'LatencyBudget',
    budget: 'latency budget',
    broke: `took longer than ${OBJECTIVES.inTime} s`,
  },
];

/**
 * How fast the budget of thirty days may go, each in two windows: the long one says that it matters, the short one that it still
 * goes on. https://sre.google/workbook/alerting-on-slos/
 */
const BURNS = [
  { factor: FASTEST, long: '1h', seconds: 3600, short: '5m', severity: 'critical', pace: 'Fast', for: '2m' },
  { factor: 6, long: '6h', seconds: 6 * 3600, short: '30m', severity: 'critical', pace: 'Fast', for: '15m' },
  { factor: 3, long: '1d', seconds: 24 * 3600, short: '2h', severity: 'warning', pace: 'Slowly', for: '1h' },
  { factor: 1, long: '3d', seconds: 72 * 3600, short: '6h', severity: 'warning', pace: 'Slowly', for: '3h' },
] as const;

/** Requests that have to break a promise before anybody is told: at night, one may be a large share of all. */
const LEAST = 10;

const WINDOWS = [...new Set(BURNS.flatMap(({ long, short }) => [short, long]))];

const ratio = (name: string, window: string) => `app:${name}:ratio_${window}`;

/** Requests of each public service by second, those that break a promise, and their share over each window. */
export const SLO_RECORDS: readonly RecordingRule[] = [
  { record: REQUESTS, expr: `sum by (app) (rate(http_requests_total{${SELECTOR}}[5m]))` },
  ...OBJECTIVE_RULES.flatMap(({ name, broken }) => [
    { record: `app:${name}:rate5m`, expr: broken },
    ...WINDOWS.map((window) => ({
      record: ratio(name, window),
      expr:
        window === '5m'
          ? `app:${name}:rate5m / ${REQUESTS}`
          : `avg_over_time(app:${name}:rate5m[${window}]) / avg_over_time(${REQUESTS}[${window}])`,
    })),
  ]),
];

/** Alerts on the promises, and on what would keep them silent. */
export const SLO_ALERTS: readonly AlertingRule[] = [
  ...OBJECTIVE_RULES.flatMap(({ name, alert, budget, broke }) => {
    const { budget: share } = ALLOWED[name];
    return BURNS.map(({ factor, long, seconds, short, severity, pace, ...burn }): AlertingRule => ({
      alert: `${alert}Burns${pace}`,
      severity,
      service: '{{ $labels.app }}',
      labels: { window: long },
      for: burn.for,
      expr: [
        ...[long, short].map((window) => `${ratio(name, window)} > ${round(factor * share)}`),
        `avg_over_time(app:${name}:rate5m[${long}]) * ${seconds} > ${LEAST}`,
      ].join(' and '),
      summary: `At this rate, {{ $labels.app }} uses up its thirty-day ${budget} in ${round(30 / factor)} days`,
      description: `Over the last ${long}, {{ $value | humanizePercentage }} of the requests to {{ $labels.app }} ${broke}. The objective allows ${round(share * 100)} %.`,
    }));
  }),
  ...PUBLIC_SERVICES.map((app): AlertingRule => ({
    alert: 'PublicServiceUnmeasured',
    severity: 'warning',
    service: app,
    for: '15m',
    expr: [REQUESTS, ...OBJECTIVE_RULES.map(({ name }) => `app:${name}:rate5m`)]
      .map((record) => `absent(${record}{app="${app}"})`)
      .join(' or '),
    summary: `Prometheus has no metrics of the requests to ${app}`,
    description: `The errors and latency of ${app} are not measured. No alert on its objectives can fire.`,
  })),
];
