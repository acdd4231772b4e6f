import { evaluate, type Period } from './metric-math';
import { allOf, templatesOf } from './references';
import { sample, type Json } from './synth';
import { ALARM } from './alarms';

const alarms = allOf(templatesOf(sample('prod')), ALARM).map(({ Properties }) => Properties);
const alarm = (name: string): Json => alarms.find(({ AlarmName }) => AlarmName === `platform-prod-${name}`);

const ALB = 'load-balancer-errors';
const SLOW = 'load-balancer-latency';
const EDGE = 'edge-errors-app';
const SURGE = 'firewall-surge-app';
const NONE = Number.NaN;

test.each<[string, string, Period, number]>([
  [ALB, 'all is well', { RequestCount: 1000 }, 0],
  [ALB, 'a service fails', { RequestCount: 1000, HTTPCode_Target_5XX_Count: 100 }, 10],
  [ALB, 'two failures of few', { RequestCount: 4, HTTPCode_Target_5XX_Count: 2 }, 0],
  [ALB, 'all of few fail', { RequestCount: 5, HTTPCode_Target_5XX_Count: 5 }, 100],
  [ALB, 'there is no target', { RequestCount: 0, HTTPCode_ELB_5XX_Count: 300 }, 100],
  [ALB, 'nothing is there yet', {}, NONE],
  [SLOW, 'one of few is slow', { RequestCount: 50, TargetResponseTime: 30 }, 0],
  [SLOW, 'many are slow', { RequestCount: 5000, TargetResponseTime: 3 }, 3],
  [SLOW, 'nothing is there yet', {}, NONE],
  [EDGE, 'a failure of few', { Requests: 4, '5xxErrorRate': 25 }, 0],
  [EDGE, 'all of few fail', { Requests: 4, '5xxErrorRate': 100 }, 100],
  [EDGE, 'some of many fail', { Requests: 1000, '5xxErrorRate': 6 }, 6],
  [EDGE, 'nothing is there yet', {}, NONE],
  ['edge-origin-app', 'some get no answer', { Requests: 1000, '502ErrorRate': 1, '504ErrorRate': 2 }, 3],
  ['edge-origin-app', 'all is well', { Requests: 1000 }, 0],
  ['edge-origin-app', 'nothing is there yet', {}, NONE],
  ['edge-latency-app', 'many are slow', { Requests: 1000, OriginLatency: 4000 }, 4000],
  [SURGE, 'some are blocked', { AllowedRequests: 900, BlockedRequests: 300 }, 25],
  [SURGE, 'all are blocked', { BlockedRequests: 300 }, 100],
  [SURGE, 'none is blocked', { AllowedRequests: 900 }, 0],
  ['mysql-proxy-connections', 'most are in use', { DatabaseConnections: 90, MaxDatabaseConnectionsAllowed: 100 }, 90],
  ['cluster-api-errors', 'some fail', { apiserver_request_total: 1000, apiserver_request_total_5XX: 60 }, 6],
])('%s, when %s', (name, _, period, expected) => {
  expect(evaluate(alarm(name).Metrics, period)).toBe(expected);
});

test('what comes late does not keep an alarm quiet: it is absent, or one period more is looked at', () => {
  const filled = alarms
    .filter(({ Metrics }) => Metrics !== undefined && !Number.isNaN(evaluate(Metrics, {})))
    .filter(({ EvaluationPeriods, DatapointsToAlarm }) => DatapointsToAlarm >= EvaluationPeriods);
  expect(filled.map(({ AlarmName }) => AlarmName)).toEqual([]);
});
