import { stringify } from 'yaml';
import { ALERT_CASES, ALWAYS, type Series } from './alerts';

/** When it is asked: after the longest that an alert waits. */
const at = (alert: string): string => LATE.find(([name]) => name.test(alert))?.[1] ?? '40m';

const LATE: readonly (readonly [RegExp, string])[] = [
  [/Slowly$/, '195m'],
  [/^NodeCertificateExpires$/, '70m'],
];

const test = (name: string, alert: string, series: Series, wanted: Readonly<Record<string, number>>) => ({
  name,
  interval: '1m',
  input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
  promql_expr_test: [
    {
      eval_time: at(alert),
      expr: `count by (service) (ALERTS{alertname="${alert}", alertstate="firing"})`,
      exp_samples: Object.entries(wanted).map(([service, value]) => ({ labels: `{service="${service}"}`, value })),
    },
  ],
});

/** The unit tests of promtool: each alert fires for whom it should, and where little is missing, for nobody. */
export const unitTests = (ruleFile: string): string =>
  stringify({
    rule_files: [ruleFile],
    evaluation_interval: '1m',
    tests: Object.entries(ALERT_CASES).flatMap(([alert, { fires, for: wanted, quiet }]) => [
      test(`${alert} fires`, alert, fires, wanted),
      ...(alert === ALWAYS ? [] : [test(`${alert} does not fire`, alert, quiet, {})]),
    ]),
  });
