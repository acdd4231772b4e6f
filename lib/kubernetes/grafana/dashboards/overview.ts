import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { ALLOWED, OBJECTIVES, PUBLIC_SERVICES } from '../../prometheus/slo-rules';
import { dashboard, type DashboardProps } from './board';
import { bars, graph, list, number } from './panels';
import { cpuOfNodes, latency, memoryOfNodes, OURS } from './queries';

const { http_request_errors: ERRORS, http_request_delays: DELAYS } = ALLOWED;
const PUBLIC = `app=~"${PUBLIC_SERVICES.join('|')}"`;
/** What fires and matters: the watchdog always does. */
const FIRING = 'alertstate="firing", alertname!="Watchdog"';

const firing = (severity: string) => ({
  expr: `count(ALERTS{${FIRING}, severity="${severity}"}) or vector(0)`,
  legend: severity,
});

/** Of the days that are kept, what is left of what may break a promise: all of it is 1, less than nothing is left below 0. */
const left = (name: keyof typeof ALLOWED, days: number) => ({
  expr:
    `1 - sum_over_time(app:${name}:rate5m[${days}d]) / ` +
    `(${ALLOWED[name].budget} * sum_over_time(app:http_requests:rate5m[${days}d]) > 0)`,
  legend: '{{app}}',
});

/** Tells in ten seconds whether users are served, and where to look next. */
export const overview = (props: DashboardProps): Dashboard => {
  const days = Math.min(30, props.retentionDays);
  return dashboard(
    {
      uid: 'platform-overview',
      title: 'Platform',
      description: 'Whether users are served, what fires, and what runs out. The other dashboards say why.',
      rows: {
        'Are users served?': [
          number({
            title: 'Answered, of the last hour',
            description: `Requests that were answered without a status from 500 on. Promised are ${OBJECTIVES.availability * 100} %.`,
            unit: 'percentunit',
            decimals: 2,
            width: 6,
            height: 5,
            bad: { warning: OBJECTIVES.availability, critical: 1 - ERRORS.alarming },
            queries: [{ expr: '1 - app:http_request_errors:ratio_1h', legend: '{{app}}' }],
          }),
          number({
            title: 'In time, of the last hour',
            description: `Requests that were answered within ${OBJECTIVES.inTime} s. Promised are ${OBJECTIVES.latency * 100} %.`,
            unit: 'percentunit',
            decimals: 2,
            width: 6,
            height: 5,
            bad: { warning: OBJECTIVES.latency, critical: 1 - DELAYS.alarming },
            queries: [{ expr: '1 - app:http_request_delays:ratio_1h', legend: '{{app}}' }],
          }),
          number({
            title: `Error budget left, of ${days} days`,
            description: 'Of the failures that the promise allows for, those that are left. Below 0 it is broken.',
            unit: 'percentunit',
            decimals: 0,
            width: 6,
            height: 5,
            bad: { warning: 0.5, critical: 0 },
            queries: [left('http_request_errors', days)],
          }),
          number({
            title: `Latency budget left, of ${days} days`,
            description: 'Of the late answers that the promise allows for, those that are left. Below 0 it is broken.',
            unit: 'percentunit',
            decimals: 0,
            width: 6,
            height: 5,
            bad: { warning: 0.5, critical: 0 },
            queries: [left('http_request_delays', days)],
          }),
        ],
        'What is wrong?': [
          number({
            title: 'Critical alerts',
            description: 'They wake somebody. Each has a heading in the runbook.',
            unit: 'none',
            width: 3,
            height: 6,
            bad: { warning: 0.5, critical: 1 },
            queries: [firing('critical')],
          }),
          number({
            title: 'Warnings',
            description: 'They wait for the morning. Each has a heading in the runbook.',
            unit: 'none',
            width: 3,
            height: 6,
            bad: { warning: 1, critical: 20 },
            queries: [firing('warning')],
          }),
          number({
            title: 'Data tiers',
            description: 'Whether every server of MySQL and every node of Redis lets its exporter in.',
            unit: 'none',
            width: 4,
            height: 6,
            bad: { warning: 1, critical: 0.5 },
            words: { 0: 'down', 1: 'up' },
            queries: [
              { expr: 'min(mysql_up)', legend: 'MySQL' },
              { expr: 'min(redis_up)', legend: 'Redis' },
            ],
          }),
          number({
            title: 'Pods that are ready',
            description: 'Of those that the services and the monitoring want, and of the nodes.',
            unit: 'percentunit',
            width: 4,
            height: 6,
            bad: { warning: 1, critical: 0.8 },
            queries: [
              {
                expr:
                  `sum by (namespace) (kube_deployment_status_replicas_available{${OURS}}) / ` +
                  `sum by (namespace) (kube_deployment_spec_replicas{${OURS}})`,
                legend: '{{namespace}}',
              },
              { expr: 'avg(kube_node_status_condition{condition="Ready", status="true"})', legend: 'nodes' },
            ],
          }),
          list({
            title: 'What fires',
            description: 'What fires now, the critical first; alerts of one kind on one service are one line.',
            unit: 'none',
            width: 10,
            height: 6,
            expr: `sum by (severity, alertname, service) (ALERTS{${FIRING}})`,
            columns: { severity: 'severity', alertname: 'alert', service: 'of' },
          }),
        ],
        'What users do': [
          graph({
            title: 'Requests',
            description: 'Requests to the public services.',
            unit: 'reqps',
            width: 8,
            height: 7,
            queries: [{ expr: 'app:http_requests:rate5m', legend: '{{app}}' }],
          }),
          graph({
            title: 'Errors',
            description: 'Their share that failed, with a status from 500 on.',
            unit: 'percentunit',
            width: 8,
            height: 7,
            bad: { warning: ERRORS.budget, critical: ERRORS.alarming },
            queries: [{ expr: 'app:http_request_errors:ratio_5m', legend: '{{app}}' }],
          }),
          graph({
            title: 'Latency',
            description: 'How long the slowest hundredth of requests takes at the least.',
            unit: 's',
            width: 8,
            height: 7,
            bad: { warning: OBJECTIVES.inTime, critical: 2 * OBJECTIVES.inTime },
            queries: [{ expr: latency(0.99, PUBLIC), legend: '{{app}}' }],
          }),
        ],
        'What runs out': [
          ...Object.entries({ CPU: cpuOfNodes, Memory: memoryOfNodes }).map(([resource, inUse]) =>
            graph({
              title: `${resource} of nodes`,
              description: 'In use, by node group.',
              unit: 'percentunit',
              width: 8,
              height: 7,
              max: 1,
              bad: { warning: 0.8, critical: 0.95 },
              queries: [{ expr: inUse('node_type'), legend: '{{node_type}}' }],
            }),
          ),
          bars({
            title: 'Quotas of the platform',
            description: 'What its pods take of what their namespace may. At the end, new pods are refused.',
            unit: 'percentunit',
            width: 8,
            height: 7,
            max: 1,
            bad: { warning: 0.8, critical: 0.9 },
            queries: [
              {
                expr: `max by (namespace) (namespace_resource:quota:ratio{${OURS}})`,
                legend: '{{namespace}}',
              },
            ],
          }),
        ],
      },
    },
    props,
  );
};
