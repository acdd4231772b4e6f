import type { Difference, Section } from './difference';
import type { Value } from './fields';

/** Path of a scrape job. */
const job = (name: string) => `data.prometheus.yml.scrape_configs[${name}]`;

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const META = '__meta_kubernetes';

const asServiceAccount = (name: string) => ({
  [`${job(name)}.bearer_token_file`]: undefined,
  [`${job(name)}.authorization.credentials_file`]: TOKEN,
});

/** An exporter that Prometheus tells whom to ask. */
const through = (address: string): readonly Value[] => [
  { source_labels: ['__address__'], target_label: '__param_target' },
  { source_labels: ['__param_target'], target_label: 'instance' },
  { target_label: '__address__', replacement: address },
];

/** Drops series of which tenants could make as many as they like. */
const NOT_OF_TENANTS = { source_labels: ['namespace', '__name__'], action: 'drop', regex: 'tenant-*' };

/** In what the configuration of Prometheus is meant to differ. */
export const PROMETHEUS_CONFIG: Section = {
  title: 'Configuration of Prometheus',
  objects: /^ConfigMap platform-monitoring\/prometheus-config$/,
  differences: [
    {
      fields: {
        [`${job('platform-services')}.kubernetes_sd_configs`]: [
          { role: 'endpointslice', namespaces: { names: ['platform-core', 'platform-apps'] } },
        ],
      },
      reason:
        'It was two items, and Prometheus refuses the second, which has no role. Kubernetes has replaced Endpoints by EndpointSlices.',
    },
    {
      fields: { [`${job('platform-services')}.relabel_configs[0].regex`]: 'true' },
      reason: 'A regular expression is text.',
    },
    {
      fields: {
        [`${job('platform-services')}.relabel_configs[6]`]: {
          source_labels: [`${META}_endpointslice_port_name`],
          action: 'keep',
          regex: 'metrics',
        },
        [`${job('platform-services')}.relabel_configs[7]`]: {
          source_labels: [`${META}_pod_name`],
          target_label: 'pod',
        },
      },
      reason:
        'Each port of a Service is a target. Prometheus scrapes only the port of the metrics. An alert names the pod.',
    },
    {
      fields: {
        [`${job('platform-services')}.relabel_configs[8]`]: { action: 'labeldrop', regex: 'app_kubernetes_io_.+' },
      },
      reason:
        'The labels that Kubernetes recommends tell Prometheus nothing that `app` does not; each series would have them.',
    },
    {
      fields: { [`${job('platform-services')}.sample_limit`]: 20_000 },
      reason: 'A label with too many values costs its service its metrics, and not Prometheus its memory.',
    },
    {
      fields: {
        [`${job('kubernetes-apiservers')}.kubernetes_sd_configs`]: [
          { role: 'endpointslice', namespaces: { names: ['default'] } },
        ],
        [`${job('kubernetes-apiservers')}.relabel_configs[0].source_labels`]: [
          `${META}_service_name`,
          `${META}_endpointslice_port_name`,
        ],
        [`${job('kubernetes-apiservers')}.relabel_configs[0].regex`]: 'kubernetes;https',
      },
      reason:
        'EndpointSlices replace Endpoints. Prometheus looks in one namespace, and needs no permission in the others.',
    },
    {
      fields: { ...asServiceAccount('kubernetes-apiservers'), ...asServiceAccount('kubernetes-kubelet') },
      reason: 'Prometheus 3 has this field for the token.',
    },
    {
      fields: {
        [`${job('kubernetes-apiservers')}.metric_relabel_configs`]: [
          {
            source_labels: ['__name__'],
            action: 'drop',
            regex: '(apiserver|etcd|workqueue|rest_client|aggregator|admission).*_bucket',
          },
        ],
      },
      reason: 'No rule uses these tens of thousands of series.',
    },
    {
      fields: {
        [`${job('kubernetes-kubelet')}.metric_relabel_configs`]: [
          { source_labels: ['__name__'], action: 'keep', regex: 'kubelet_*' },
          NOT_OF_TENANTS,
        ],
        [`${job('kubernetes-nodes')}.metric_relabel_configs`]: [
          { source_labels: ['device'], action: 'drop', regex: 'eni.+' },
          { source_labels: ['mountpoint'], action: 'drop', regex: '/run/containerd/.+' },
        ],
      },
      reason:
        'Nobody uses these series, or tenants make them by starting pods. Tenants would then decide how much memory Prometheus needs.',
    },
    {
      fields: {
        [`${job('kubernetes-nodes')}.relabel_configs[1]`]: {
          source_labels: [`${META}_node_name`],
          target_label: 'node',
        },
        [`${job('kubernetes-nodes')}.relabel_configs[2]`]: {
          source_labels: ['__address__'],
          regex: '([^:]+)(?::\\d+)?',
          target_label: '__address__',
          replacement: '$1:9100',
        },
      },
      reason:
        'The job has the name of the node exporter, and scraped the kubelet a second time, by plain HTTP on a port for TLS. It now scrapes the node exporter.',
    },
    {
      fields: {
        [`${job('kubernetes-kubelet')}.relabel_configs[1]`]: {
          source_labels: [`${META}_node_name`],
          target_label: 'node',
        },
        [`${job('kubernetes-kubelet')}.relabel_configs[2]`]: undefined,
      },
      reason:
        'Through the API server it would need the permission `nodes/proxy`, which administers nodes. At the kubelet itself, it needs `nodes/metrics`.',
    },
    {
      fields: {
        [`${job('mysql')}.kubernetes_sd_configs`]: undefined,
        [`${job('mysql')}.metrics_path`]: '/probe',
        [`${job('mysql')}.static_configs[0]`]: { targets: ['*'], labels: { role: 'primary' } },
        [`${job('mysql')}.relabel_configs`]: through('mysql-exporter:9104'),
        [`${job('redis')}.kubernetes_sd_configs`]: undefined,
        [`${job('redis')}.metrics_path`]: '/scrape',
        [`${job('redis')}.static_configs[0].targets`]: ['*'],
        [`${job('redis')}.relabel_configs`]: [
          ...through('redis-exporter:9121'),
          { source_labels: ['instance'], regex: '[^.]+-(\\d{4})-\\d{3}\\..*', target_label: 'shard' },
        ],
      },
      reason:
        'The regular expression had two parts for one label, never matched, and left 3306 and 6379. The names also matched the Services of the databases. The servers are outside of the cluster, so one exporter asks each: primary, replicas, nodes of all shards.',
    },
    ...(['staging', 'prod'] as const).map((environment): Difference => ({
      fields: {
        [`${job('mysql')}.static_configs[1]`]: {
          targets: environment === 'prod' ? ['*', '*'] : ['*'],
          labels: { role: 'replica' },
        },
      },
      environments: [environment],
      reason: 'A primary that is down wakes somebody, a replica does not.',
    })),
    {
      fields: {
        [job('kubernetes-containers')]: {
          kubernetes_sd_configs: [{ role: 'node' }],
          scheme: 'https',
          tls_config: { ca_file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' },
          authorization: { credentials_file: TOKEN },
          metrics_path: '/metrics/cadvisor',
          track_timestamps_staleness: true,
          relabel_configs: [{ source_labels: [`${META}_node_name`], target_label: 'node' }],
          metric_relabel_configs: [
            { source_labels: ['__name__'], action: 'keep', regex: 'container_*' },
            { source_labels: ['container'], action: 'keep', regex: '.+' },
            NOT_OF_TENANTS,
          ],
        },
      },
      reason: 'The kubelet has the CPU and memory of containers at a path of its own.',
    },
    {
      fields: {
        [`${job('kube-state-metrics')}.kubernetes_sd_configs`]: [
          { role: 'endpointslice', namespaces: { names: ['kube-state-metrics'] } },
        ],
        [`${job('kube-state-metrics')}.relabel_configs`]: [
          { source_labels: [`${META}_service_name`], action: 'keep', regex: 'kube-state-metrics' },
          { source_labels: [`${META}_endpointslice_port_name`], action: 'keep', regex: 'http' },
          { target_label: 'instance', replacement: 'kube-state-metrics' },
        ],
        [`${job('kube-state-metrics')}.metric_relabel_configs`]: [
          { source_labels: ['__name__'], action: 'keep', regex: 'kube_*' },
          NOT_OF_TENANTS,
        ],
      },
      reason: 'Its series compare the wanted and the actual state of Kubernetes: rollouts, quotas, nodes.',
    },
    {
      fields: {
        [`${job('prometheus')}.static_configs[0].targets`]: ['localhost:9090'],
        [`${job('alertmanager')}.static_configs[0].targets`]: ['alertmanager:9093'],
        [`${job('grafana')}.static_configs[0].targets`]: ['grafana:3000'],
        [`${job('grafana')}.metric_relabel_configs`]: [
          { source_labels: ['__name__'], action: 'drop', regex: '.*_bucket' },
        ],
      },
      reason: 'The monitoring watches itself.',
    },
    {
      fields: { 'data.prometheus.yml.global.external_labels.environment': '*' },
      reason: 'An alert names its environment.',
    },
    {
      fields: { 'data.rules-platform.yml': '*' },
      reason: 'The specification names only the folder of the rules (docs/runbook.md).',
    },
  ],
};
