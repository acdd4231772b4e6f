import { SERVICE_METRICS, type ServiceMetric } from '../../../lib/kubernetes/metrics';
import { EXPORTED } from '../../../lib/kubernetes/prometheus/exported';
import { RECORDS } from '../../../lib/kubernetes/prometheus/rules';
import { OBJECTIVES, PUBLIC_SERVICES } from '../../../lib/kubernetes/prometheus/slo-rules';
import { table } from '../markdown';

const records = Object.values(RECORDS).flat();

/** The page of the metrics. */
export const metrics = (): string =>
  [
    '# Metrics',
    '',
    'Prometheus keeps the series on this page, and services must export some of them. The page, the rules and the dashboards take all names',
    'from `lib/kubernetes/metrics.ts` and `lib/kubernetes/prometheus`. `npm run docs:write` renews the page.',
    '',
    '## What services export',
    '',
    'Services export these metrics at `/metrics`, on `METRICS_PORT` (9090), in the text format of Prometheus. Give a label only few values, all of',
    'them known. Never use IDs of users or requests, or paths that contain them. Prometheus refuses a target with more than 20,000 series as a',
    'whole, and an alert fires.',
    '',
    ...table(
      ['metric', 'type', 'labels', 'exported by', 'meaning'],
      Object.entries<ServiceMetric>(SERVICE_METRICS).map(([name, { type, labels, buckets, by, meaning }]) => [
        `\`${name}\``,
        buckets ? `${type}, up to ${buckets.join(', ')} s` : type,
        Object.entries(labels)
          .map(([label, says]) => `\`${label}\`: ${says}`)
          .join('<br>') || 'none',
        by.length === 1 ? `\`${by[0]}\`` : 'all',
        meaning,
      ]),
    ),
    '',
    'Prometheus adds `app` (the service), `pod`, and the other labels of the Service, except the ones that Kubernetes recommends.',
    '',
    '## Service level objectives',
    '',
    `The objectives cover all requests to ${PUBLIC_SERVICES.map((name) => `\`${name}\``).join(' and ')} in thirty days:`,
    '',
    `- ${OBJECTIVES.availability * 100} % get an answer with a status below 500,`,
    `- ${OBJECTIVES.latency * 100} % get their answer within ${OBJECTIVES.inTime} s.`,
    '',
    'The rest is the error budget. Alerts fire when requests use it up too fast.',
    '',
    '## Recorded series',
    '',
    ...table(
      ['series', 'query'],
      records.map(({ record, expr }) => [`\`${record}\``, `\`${expr}\``]),
    ),
    '',
    'Each tenant has one series of each, however many pods it runs. This query gives its share of the cluster by requested CPU, over the days',
    'that Prometheus keeps:',
    '',
    '```promql',
    'sum_over_time(namespace:cpu_requests:cores{namespace=~"tenant-.+"}[15d])',
    '  / scalar(sum(sum_over_time(namespace:cpu_requests:cores[15d])))',
    '```',
    '',
    '## What else rules and dashboards use',
    '',
    'Prometheus keeps no other series of kubelets, containers and kube-state-metrics. Of the pods of tenants, it keeps only CPU and memory.',
    '',
    ...table(
      ['exported by', 'series'],
      Object.entries(EXPORTED)
        .filter(([by]) => by !== 'services')
        .map(([by, series]) => [by, series.map((one) => `\`${one}\``).join(', ')]),
    ),
    '',
  ].join('\n');
