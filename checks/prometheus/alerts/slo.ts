import { grows, type AlertCase, type Series } from './alert-case';

const requests = (app: string, failing: number): Series => ({
  [`http_requests_total{job="platform-services", app="${app}", code="200"}`]: grows(1000 - failing),
  [`http_requests_total{job="platform-services", app="${app}", code="503"}`]: grows(failing),
});
const durations = (slow: number, app = 'api-gateway'): Series => ({
  ...requests(app, 0),
  [`http_request_duration_seconds_count{job="platform-services", app="${app}"}`]: grows(1000),
  [`http_request_duration_seconds_bucket{job="platform-services", app="${app}", le="0.5"}`]: grows(1000 - slow),
});
/** A request a minute, of which two fail: more than a budget has, and next to nothing. */
const night: Series = {
  'http_requests_total{job="platform-services", app="frontend", code="200"}': grows(1),
  'http_requests_total{job="platform-services", app="frontend", code="503"}': '0x32 1x3 2x380',
};

/** Alerts of the services' objectives. */
export const SLO: Readonly<Record<string, AlertCase>> = {
  ErrorBudgetBurnsFast: {
    fires: requests('api-gateway', 20),
    for: { 'api-gateway': 2 },
    quiet: { ...requests('api-gateway', 5), ...night },
  },
  ErrorBudgetBurnsSlowly: {
    fires: requests('frontend', 4),
    for: { frontend: 2 },
    quiet: requests('frontend', 0.9),
  },
  LatencyBudgetBurnsFast: { fires: durations(200), for: { 'api-gateway': 2 }, quiet: durations(50) },
  LatencyBudgetBurnsSlowly: { fires: durations(40), for: { 'api-gateway': 2 }, quiet: durations(9) },
  PublicServiceUnmeasured: {
    fires: { ...durations(0), ...requests('frontend', 0) }, // of the frontend, it is not known how long they take
    for: { frontend: 1 },
    quiet: { ...durations(0), ...durations(0, 'frontend') },
  },
};
