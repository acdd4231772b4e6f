import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { SERVICE_NAMES } from '../../../config/environment';
import { COLORS } from '../../../model/names';
import { OBJECTIVES } from '../../prometheus/slo-rules';
import { choice, dashboard, type DashboardProps } from './board';
import { graph, number } from './panels';
import { cpuOf, latency, memoryOf, OURS } from './queries';

const APP = 'app="$service"';
const SERVICE = `job="platform-services", ${APP}`;
// Tenants call theirs as they like.
const CONTAINER = `${OURS}, container="$service"`;
// Both colors of a public service.
const COLORED = `$service(-${COLORS.join('|-')})?`;
const DEPLOYMENT = `${OURS}, deployment=~"${COLORED}"`;
const REQUESTS = 'rate(http_requests_total';

/** Of a resource, what one pod of the service asked for, or may have at the most. */
const each = (what: 'requests' | 'limits', resource: 'cpu' | 'memory') => ({
  expr: `max(kube_pod_container_resource_${what}{${CONTAINER}, resource="${resource}"})`,
  legend: `${what} of a pod`,
});

/** One service: its requests, its answers, and the resources of its pods. */
export const services = (props: DashboardProps): Dashboard =>
  dashboard(
    {
      uid: 'platform-services',
      title: 'Services',
      description: 'One service: its requests and answers, the resources of its pods, and its rollout.',
      variables: [choice('service', 'Service', SERVICE_NAMES)],
      rows: {
        Requests: [
          graph({
            title: 'Requests by status',
            description: 'Requests by status, without probes and metrics.',
            unit: 'reqps',
            width: 8,
            height: 8,
            stacked: true,
            queries: [{ expr: `sum by (code) (${REQUESTS}{${SERVICE}}[$__rate_interval]))`, legend: '{{code}}' }],
          }),
          graph({
            title: 'Errors',
            description: 'Share of the requests that failed with a status of 500 or higher.',
            unit: 'percentunit',
            width: 8,
            height: 8,
            queries: [
              {
                expr:
                  `(sum(${REQUESTS}{${SERVICE}, code=~"5.."}[$__rate_interval])) or vector(0)) / ` +
                  `sum(${REQUESTS}{${SERVICE}}[$__rate_interval]))`,
                legend: 'errors',
              },
            ],
          }),
          graph({
            title: 'Latency',
            description: 'Time that requests take: the median, and the slowest twentieth and hundredth.',
            unit: 's',
            width: 8,
            height: 8,
            bad: { warning: OBJECTIVES.inTime, critical: 2 * OBJECTIVES.inTime },
            queries: [0.5, 0.95, 0.99].map((quantile) => ({
              expr: latency(quantile, APP),
              legend: `${quantile * 100} %`,
            })),
          }),
          graph({
            title: 'Busiest routes',
            description: 'The ten routes with the most requests.',
            unit: 'reqps',
            width: 12,
            height: 8,
            queries: [
              {
                expr: `topk(10, sum by (method, route) (${REQUESTS}{${SERVICE}}[$__rate_interval])))`,
                legend: '{{method}} {{route}}',
              },
            ],
          }),
          graph({
            title: 'Slowest routes',
            description: 'The ten routes whose requests take longest, on average.',
            unit: 's',
            width: 12,
            height: 8,
            queries: [
              {
                expr:
                  `topk(10, sum by (method, route) (rate(http_request_duration_seconds_sum{${SERVICE}}[$__rate_interval])) / ` +
                  `(sum by (method, route) (rate(http_request_duration_seconds_count{${SERVICE}}[$__rate_interval])) > 0))`,
                legend: '{{method}} {{route}}',
              },
            ],
          }),
        ],
        Pods: [
          graph({
            title: 'CPU',
            description: 'CPU in use by each pod, in cores. At its limit, a pod has to wait.',
            unit: 'none',
            width: 12,
            height: 8,
            queries: [
              { expr: cpuOf('pod', CONTAINER), legend: '{{pod}}' },
              each('requests', 'cpu'),
              each('limits', 'cpu'),
            ],
          }),
          graph({
            title: 'Memory',
            description: 'Memory in use by each pod. At its limit, the kernel kills a container.',
            unit: 'bytes',
            width: 12,
            height: 8,
            queries: [
              { expr: memoryOf('pod', CONTAINER), legend: '{{pod}}' },
              each('requests', 'memory'),
              each('limits', 'memory'),
            ],
          }),
          graph({
            title: 'Waiting for CPU',
            description: 'Share of the CPU periods in which a pod was throttled at its limit.',
            unit: 'percentunit',
            width: 12,
            height: 8,
            max: 1,
            bad: { warning: 0.25, critical: 0.5 },
            queries: [
              {
                expr:
                  `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${CONTAINER}}[$__rate_interval])) / ` +
                  `sum by (pod) (rate(container_cpu_cfs_periods_total{${CONTAINER}}[$__rate_interval]))`,
                legend: '{{pod}}',
              },
            ],
          }),
          graph({
            title: 'Delay of the event loop',
            description: 'The slowest hundredth of the events waits this long for the event loop.',
            unit: 's',
            width: 12,
            height: 8,
            bad: { warning: 0.1, critical: 0.5 },
            queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${SERVICE}}`, legend: '{{pod}}' }],
          }),
        ],
        Rollout: [
          number({
            title: 'Ready pods',
            description: 'Share of the configured pods that are ready.',
            unit: 'percentunit',
            width: 4,
            height: 8,
            bad: { warning: 1, critical: 0.5 },
            queries: [
              {
                expr: `sum(kube_deployment_status_replicas_available{${DEPLOYMENT}}) / sum(kube_deployment_spec_replicas{${DEPLOYMENT}})`,
                legend: 'ready',
              },
            ],
          }),
          graph({
            title: 'Pods',
            description: 'Configured pods, ready pods, and the maximum of autoscaling.',
            unit: 'none',
            width: 10,
            height: 8,
            queries: [
              { expr: `sum(kube_deployment_spec_replicas{${DEPLOYMENT}})`, legend: 'wanted' },
              { expr: `sum(kube_deployment_status_replicas_available{${DEPLOYMENT}})`, legend: 'ready' },
              {
                expr: `max(kube_horizontalpodautoscaler_spec_max_replicas{${OURS}, horizontalpodautoscaler=~"${COLORED}-hpa"})`,
                legend: 'most',
              },
            ],
          }),
          graph({
            title: 'Restarts',
            description:
              'Restarts of the containers of each pod in the last hour. A pod that restarts again and again cannot start.',
            unit: 'none',
            width: 10,
            height: 8,
            bad: { warning: 1, critical: 5 },
            queries: [
              {
                expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{${CONTAINER}}[1h]))`,
                legend: '{{pod}}',
              },
            ],
          }),
        ],
      },
    },
    props,
  );
