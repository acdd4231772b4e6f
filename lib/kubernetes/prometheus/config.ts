import { stringify } from 'yaml';
import { TENANT_PREFIX } from '../../model/namespaces';
import { PLATFORM_NAMESPACE_NAMES } from '../../config/environment';
import {
  ALERTMANAGER,
  GRAFANA,
  KUBE_STATE_METRICS,
  MONITORING,
  MYSQL_EXPORTER,
  NODE_EXPORTER_PORT,
  PROMETHEUS,
  REDIS_EXPORTER,
} from './services';
import { EXPORTED, type Exporter } from './exported';
import type { JobName } from './jobs';

export interface PrometheusConfigProps {
  /** Short name of the environment: a label of every alert. */
  readonly environment: string;
  /** Hosts of MySQL with their port, by their role. */
  readonly mysqlServers: Readonly<Record<'primary' | 'replica', readonly string[]>>;
  /** Addresses of the nodes of Redis: `rediss://HOST:PORT`. */
  readonly redisNodes: readonly string[];
}

/** A step that makes labels of a target, or of a series. */
interface Relabeling {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: 'replace' | 'keep' | 'drop' | 'labelmap' | 'labeldrop';
  readonly target_label?: string;
  readonly replacement?: string;
}

const META = '__meta_kubernetes';
const KUBERNETES = '/var/run/secrets/kubernetes.io/serviceaccount';
/** As which Prometheus asks the API server and the kubelets, and the authority of their certificates. */
const AS_SERVICE_ACCOUNT = {
  scheme: 'https',
  tls_config: { ca_file: `${KUBERNETES}/ca.crt` },
  authorization: { credentials_file: `${KUBERNETES}/token` },
};

const endpointsIn = (...names: string[]) => [{ role: 'endpointslice', namespaces: { names } }];
const NODES = [{ role: 'node' }];

const keep = (label: string, regex: string): Relabeling => ({ source_labels: [label], action: 'keep', regex });
const copy = (label: string, target: string): Relabeling => ({ source_labels: [label], target_label: target });
const dropSeries = (regex: string): Relabeling => ({ source_labels: ['__name__'], action: 'drop', regex });
/** Of an exporter whose series grow with nodes, pods and tenants, what rules and dashboards use. */
const keepUsed = (exporter: Exporter): Relabeling => ({
  source_labels: ['__name__'],
  action: 'keep',
  regex: EXPORTED[exporter].join('|'),
});
const port = (number: number): Relabeling => ({
  source_labels: ['__address__'],
  regex: '([^:]+)(?::\\d+)?',
  target_label: '__address__',
  replacement: `$1:${number}`,
});
const NODE_LABELS: readonly Relabeling[] = [
  { action: 'labelmap', regex: `${META}_node_label_(.+)` },
  copy(`${META}_node_name`, 'node'),
];

/** Series of single pods, Jobs and volumes of tenants: they come and go as tenants like. Sums and quotas stay. */
const NOT_OF_TENANTS: Relabeling = {
  source_labels: ['namespace', '__name__'],
  action: 'drop',
  regex: `${TENANT_PREFIX}[^;]+;(container_cpu_cfs|kube_(deployment|horizontalpodautoscaler|job|pod)|kubelet_volume_stats)_.+`,
};
/** Series that every pod adds to its node: a network interface, and a folder of memory. */
const NOT_OF_PODS: readonly Relabeling[] = [
  { source_labels: ['device'], action: 'drop', regex: 'eni.+' },
  { source_labels: ['mountpoint'], action: 'drop', regex: '/run/containerd/.+' },
];

/** Labels of a Service that Kubernetes recommends: they tell Prometheus nothing that `app` does not, and every series would have them. */
const RECOMMENDED_LABELS: Relabeling = { action: 'labeldrop', regex: 'app_kubernetes_io_.+' };

/** An exporter that is asked for what it is told: the target stands in a parameter, and in the label `instance`. */
const through = ({ host, port: number }: { readonly host: string; readonly port: number }): readonly Relabeling[] => [
  copy('__address__', '__param_target'),
  copy('__param_target', 'instance'),
  { target_label: '__address__', replacement: `${host}:${number}` },
];

/** How often targets are asked, and rules worked out. */
export const SCRAPE_INTERVAL = '15s';

/** Series that one target may have: a label with too many values costs its service the metrics, not Prometheus its memory. */
const SAMPLE_LIMIT = 20_000;

const jobs = ({ mysqlServers, redisNodes }: PrometheusConfigProps): Readonly<Record<JobName, object>> => ({
  'kubernetes-apiservers': {
    kubernetes_sd_configs: endpointsIn('default'),
    ...AS_SERVICE_ACCOUNT,
    relabel_configs: [
      {
        source_labels: [`${META}_service_name`, `${META}_endpointslice_port_name`],
        action: 'keep',
        regex: 'kubernetes;https',
      },
    ],
    metric_relabel_configs: [dropSeries('(apiserver|etcd|workqueue|rest_client|aggregator|admission).*_bucket')],
  },
  'kubernetes-nodes': {
    kubernetes_sd_configs: NODES,
    relabel_configs: [...NODE_LABELS, port(NODE_EXPORTER_PORT)],
    metric_relabel_configs: NOT_OF_PODS,
  },
  'kubernetes-kubelet': {
    kubernetes_sd_configs: NODES,
    ...AS_SERVICE_ACCOUNT,
    relabel_configs: NODE_LABELS,
    metric_relabel_configs: [keepUsed('kubelet'), NOT_OF_TENANTS],
  },
  'platform-services': {
    kubernetes_sd_configs: endpointsIn(...PLATFORM_NAMESPACE_NAMES.filter((name) => name !== MONITORING)),
    sample_limit: SAMPLE_LIMIT,
    relabel_configs: [
      keep(`${META}_service_annotation_prometheus_io_scrape`, 'true'),
      {
        source_labels: [`${META}_service_annotation_prometheus_io_path`],
        action: 'replace',
        target_label: '__metrics_path__',
        regex: '(.+)',
      },
      {
        source_labels: ['__address__', `${META}_service_annotation_prometheus_io_port`],
        action: 'replace',
        regex: '([^:]+)(?::\\d+)?;(\\d+)',
        replacement: '$1:$2',
        target_label: '__address__',
      },
      { action: 'labelmap', regex: `${META}_service_label_(.+)` },
      { ...copy(`${META}_namespace`, 'kubernetes_namespace'), action: 'replace' },
      { ...copy(`${META}_service_name`, 'kubernetes_name'), action: 'replace' },
      keep(`${META}_endpointslice_port_name`, 'metrics'),
      copy(`${META}_pod_name`, 'pod'),
      RECOMMENDED_LABELS,
    ],
  },
  mysql: {
    metrics_path: '/probe',
    static_configs: Object.entries(mysqlServers)
      .filter(([, targets]) => targets.length > 0)
      .map(([role, targets]) => ({ targets: [...targets], labels: { role } })),
    relabel_configs: through(MYSQL_EXPORTER),
  },
  redis: {
    metrics_path: '/scrape',
    static_configs: [{ targets: [...redisNodes] }],
    relabel_configs: [
      ...through(REDIS_EXPORTER),
      // ElastiCache names a node GROUP-SHARD-NODE.
      { source_labels: ['instance'], regex: '[^.]+-(\\d{4})-\\d{3}\\..*', target_label: 'shard' },
    ],
  },
  'kubernetes-containers': {
    kubernetes_sd_configs: NODES,
    ...AS_SERVICE_ACCOUNT,
    metrics_path: '/metrics/cadvisor',
    track_timestamps_staleness: true, // its samples bring their time: a container that ended would count for five minutes more
    relabel_configs: [copy(`${META}_node_name`, 'node')],
    metric_relabel_configs: [
      keepUsed('kubelet, of containers (cAdvisor)'),
      keep('container', '.+'), // not the sums of pods and of what is above them
      NOT_OF_TENANTS,
    ],
  },
  'kube-state-metrics': {
    kubernetes_sd_configs: endpointsIn(KUBE_STATE_METRICS.namespace),
    relabel_configs: [
      keep(`${META}_service_name`, KUBE_STATE_METRICS.name),
      keep(`${META}_endpointslice_port_name`, 'http'),
      { target_label: 'instance', replacement: KUBE_STATE_METRICS.name }, // else another pod of it ends and begins each alert
    ],
    metric_relabel_configs: [keepUsed('kube-state-metrics'), NOT_OF_TENANTS],
  },
  prometheus: { static_configs: [{ targets: [`localhost:${PROMETHEUS.port}`] }] },
  alertmanager: { static_configs: [{ targets: [`${ALERTMANAGER.host}:${ALERTMANAGER.port}`] }] },
  grafana: {
    static_configs: [{ targets: [`${GRAFANA.host}:${GRAFANA.port}`] }],
    metric_relabel_configs: [dropSeries('.*_bucket')],
  },
});

/** prometheus.yml of the specification, with its faults corrected (docs/specification.md). */
export const prometheusConfig = (props: PrometheusConfigProps): string =>
  stringify(
    {
      global: {
        scrape_interval: SCRAPE_INTERVAL,
        evaluation_interval: SCRAPE_INTERVAL,
        external_labels: { environment: props.environment },
      },
      rule_files: ['/etc/prometheus/rules/*.yml'],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`${ALERTMANAGER.host}:${ALERTMANAGER.port}`] }] }],
      },
      scrape_configs: Object.entries(jobs(props)).map(([job_name, job]) => ({ job_name, ...job })),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
