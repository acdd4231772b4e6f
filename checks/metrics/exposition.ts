import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Pod, ResourceQuota } from 'kubernetes-types/core/v1';
import { SERVICE_METRICS, type ServiceMetric } from '../../lib/kubernetes/metrics';
import { EXPORTED, type Exporter } from '../../lib/kubernetes/prometheus/exported';
import { quantity as numberOf } from '../../rehearsal/src/cluster/quantity';

type Labels = Readonly<Record<string, string>>;

const sample = (name: string, labels: Labels, value: number): string =>
  `${name}{${Object.entries(labels)
    .map(([key, text]) => `${key}=${JSON.stringify(text)}`)
    .join(',')}} ${value}`;

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Grows by one each second. */
const seconds = (): number => performance.now() / 1000;

/** A value for each label of the contract. */
const VALUES: Labels = { method: 'GET', route: '/', code: '200', tenant: 'acme', outcome: 'success' };

/** Metrics of a healthy service that keeps to the contract. */
export const serviceMetrics = (service: string): string =>
  text(
    Object.entries<ServiceMetric>(SERVICE_METRICS)
      .filter(([, { by }]) => by.includes(service))
      .flatMap(([name, { type, labels, buckets = [] }]) => {
        const own = Object.fromEntries(Object.keys(labels).map((label) => [label, VALUES[label]!]));
        if (type !== 'histogram') return [sample(name, own, type === 'counter' ? seconds() : 0.01)];
        const bounds = [...buckets.map(String), '+Inf'];
        return [
          ...bounds.map((le) => sample(`${name}_bucket`, { ...own, le }, seconds())),
          sample(`${name}_sum`, own, 0),
          sample(`${name}_count`, own, seconds()),
        ];
      }),
  );

/** Values of what fares well, where one is none. */
const WELL: Readonly<Record<string, number>> = {
  kubelet_certificate_manager_server_ttl_seconds: 1e7,
  mysql_global_variables_max_connections: 100,
  redis_memory_max_bytes: 100,
};

/** Each series that rules use of an exporter, once. */
export const exporterMetrics = (exporter: Exporter, changed: Readonly<Record<string, number>> = {}): string =>
  text(EXPORTED[exporter].map((name) => sample(name, {}, changed[name] ?? WELL[name] ?? 1)));

const containersOf = ({ metadata, spec }: Pod) =>
  (spec?.containers ?? []).map((container) => ({
    container,
    labels: { namespace: metadata!.namespace!, pod: metadata!.name!, container: container.name },
  }));

/** Metrics of cAdvisor about the containers of pods. */
export const containerMetrics = (pods: readonly Pod[]): string =>
  text(
    pods
      .flatMap(containersOf)
      .flatMap(({ labels }) => [
        sample('container_cpu_usage_seconds_total', labels, seconds() / 1000),
        sample('container_memory_working_set_bytes', labels, 1e6),
      ]),
  );

/** Metrics of kube-state-metrics about requests, quotas and Deployments. */
export const stateMetrics = (
  pods: readonly Pod[],
  quotas: readonly ResourceQuota[],
  deployments: readonly Deployment[],
): string =>
  text([
    ...pods
      .flatMap(containersOf)
      .flatMap(({ container, labels }) =>
        Object.entries(container.resources?.requests ?? {}).map(([resource, quantity]) =>
          sample('kube_pod_container_resource_requests', { ...labels, resource }, numberOf(quantity)),
        ),
      ),
    ...quotas.flatMap(({ metadata, status }) =>
      (['hard', 'used'] as const).flatMap((type) =>
        Object.entries(status?.[type] ?? {}).map(([resource, quantity]) => {
          const labels = { namespace: metadata!.namespace!, resourcequota: metadata!.name!, resource, type };
          return sample('kube_resourcequota', labels, numberOf(quantity));
        }),
      ),
    ),
    ...deployments.flatMap(({ metadata, spec, status }) => {
      const labels = { namespace: metadata!.namespace!, deployment: metadata!.name! };
      return [
        sample('kube_deployment_spec_replicas', labels, spec?.replicas ?? 1),
        sample('kube_deployment_status_replicas_available', labels, status?.availableReplicas ?? 0),
      ];
    }),
  ]);
