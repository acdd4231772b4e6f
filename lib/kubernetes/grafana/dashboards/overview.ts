import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { ALLOWED, OBJECTIVES, PUBLIC_SERVICES } from '../../prometheus/slo-rules';
import { dashboard, type DashboardProps } from './board';
import { bars, graph, list, number, state, type NumberProps } from './panels';
import { cpuOfNodes, latency, memoryOfNodes, OURS } from './queries';

const { http_request_errors: ERRORS, http_request_delays: DELAYS } = ALLOWED;
const PUBLIC = `app=~"${PUBLIC_SERVICES.join('|')}"`;
/** Alerts except the watchdog, which always fires. */
const FIRING = 'alertstate="firing", alertname!="Watchdog"';

/** How many alerts of a severity fire. */
const firing = (severity: string, title: string, urgency: string, bad: NonNullable<NumberProps['bad']>) =>
  number({
    title,
    description: `${urgency} Each has a heading in the runbook.`,
    unit: 'none',
    width: 3,
    height: 6,
    bad,
    queries: [{ expr: `count(ALERTS{${FIRING}, severity="${severity}"}) or vector(0)`, legend: severity }],
  });

/** The share of the requests of the last hour that keep an objective. */
const inObjective = (title: string, how: string, bad: NonNullable<NumberProps['bad']>, name: keyof typeof ALLOWED) =>
  number({
    title: `${title}, of the last hour`,
    description: `Share of the requests answered ${how}`,
    unit: 'percentunit',
    decimals: 2,
    width: 6,
    height: 5,
    bad,
    queries: [{ expr: `1 - app:${name}:ratio_1h`, legend: '{{app}}' }],
  });

/** The share of an error budget that is left: 1 if none of it is spent, below 0 if the objective is missed. */
const budgetLeft = (title: string, failures: string, name: keyof typeof ALLOWED, days: number) =>
  number({
    title: `${title} left, of ${days} days`,
    description: `Share of the ${failures} allowed by the objective that is left. Below 0, the objective is missed.`,
    unit: 'percentunit',
    decimals: 0,
    width: 6,
    height: 5,
    bad: { warning: 0.5, critical: 0 },
    queries: [
      {
        expr:
          `1 - sum_over_time(app:${name}:rate5m[${days}d]) / ` +
          `(${ALLOWED[name].budget} * sum_over_time(app:http_requests:rate5m[${days}d]) > 0)`,
        legend: '{{app}}',
      },
    ],
  });

/** Tells in ten seconds whether users are served, and where to look next. */
export const overview = (props: DashboardProps): Dashboard => {
  const days = Math.min(30, props.retentionDays);
  return dashboard(
    {
      uid: 'platform-overview',
      title: 'Platform',
      description: 'Whether users are served, which alerts fire, and what runs out. The other dashboards show why.',
      rows: {
        'Are users served?': [
          inObjective(
            'Answered',
            `with a status below 500. The objective is ${OBJECTIVES.availability * 100} %.`,
            { warning: OBJECTIVES.availability, critical: 1 - ERRORS.alarming },
            'http_request_errors',
          ),
          inObjective(
            'In time',
            `within ${OBJECTIVES.inTime} s. The objective is ${OBJECTIVES.latency * 100} %.`,
            { warning: OBJECTIVES.latency, critical: 1 - DELAYS.alarming },
            'http_request_delays',
          ),
          budgetLeft('Error budget', 'failures', 'http_request_errors', days),
          budgetLeft('Latency budget', 'late answers', 'http_request_delays', days),
        ],
        'What is wrong?': [
          firing('critical', 'Critical alerts', 'Critical alerts wake somebody.', { warning: 0.5, critical: 1 }),
          firing('warning', 'Warnings', 'Warnings can wait for the morning.', { warning: 1, critical: 20 }),
          state({
            title: 'Data tiers',
            description: 'Whether the exporters can log in to every MySQL server and every Redis node.',
            width: 4,
            height: 6,
            words: ['down', 'up'],
            queries: [
              { expr: 'min(mysql_up)', legend: 'MySQL' },
              { expr: 'min(redis_up)', legend: 'Redis' },
            ],
          }),
          number({
            title: 'Pods that are ready',
            description: 'Share of the pods of services and monitoring, and of the nodes, that are ready.',
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
            description: 'Alerts that fire now, critical ones first. Alerts of one kind on one service share a line.',
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
            description: 'Share of the requests that failed with a status of 500 or higher.',
            unit: 'percentunit',
            width: 8,
            height: 7,
            bad: { warning: ERRORS.budget, critical: ERRORS.alarming },
            queries: [{ expr: 'app:http_request_errors:ratio_5m', legend: '{{app}}' }],
          }),
          graph({
            title: 'Latency',
            description: 'The slowest hundredth of the requests takes at least this long.',
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
              description: 'Share in use, by node group.',
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
            description: 'Share of each quota that is in use. When a quota is used up, Kubernetes rejects new pods.',
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
