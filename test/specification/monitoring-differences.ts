import type { Difference, Section, WholeObjects } from './difference';
import type { Value } from './fields';
import { GRAFANA } from './grafana-differences';
import { CONTAINER, POD } from './pods';

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

/** What tenants make as many of as they like. */
const NOT_OF_TENANTS = { source_labels: ['namespace', '__name__'], action: 'drop', regex: 'tenant-*' };

const probe = (path: string) => ({ httpGet: { path, port: 9090 } });

const CORRECTIONS: Section = {
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

const DEPLOYMENT: Section = {
  title: 'Deployment `prometheus`',
  objects: /^Deployment platform-monitoring\/prometheus$/,
  differences: [
    {
      fields: { [`${CONTAINER}.image`]: '*.dkr.ecr.*.amazonaws.com/platform/prometheus:v3.*' },
      reason: 'Prometheus 2 is no longer maintained. Images come from the registry of the account.',
    },
    {
      fields: {
        [`${CONTAINER}.args`]: [
          '--config.file=/etc/prometheus/prometheus.yml',
          '--storage.tsdb.path=/prometheus/',
          '--storage.tsdb.retention.time=15d',
          '--storage.tsdb.retention.size=*MB',
        ],
      },
      reason:
        'The image of version 3 has no console files. With `--web.enable-lifecycle`, everybody who reaches the port could end it, and a new configuration makes a new pod anyway. Metrics cannot fill the volume.',
    },
    {
      fields: {
        'spec.strategy.type': 'Recreate',
        'spec.template.metadata.annotations.checksum/config': '*',
      },
      reason: 'Only one pod can have the volume. A new configuration makes a new pod.',
    },
    {
      fields: {
        [`${POD}.automountServiceAccountToken`]: true,
        [`${POD}.enableServiceLinks`]: false,
        [`${POD}.priorityClassName`]: 'platform-critical',
        [`${POD}.terminationGracePeriodSeconds`]: 300,
        [`${POD}.tolerations`]: [{ key: 'monitoring', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
      },
      reason:
        'It asks Kubernetes for its targets, runs on nodes with a taint, and writes its memory to the volume when it ends.',
    },
    {
      fields: {
        [`${POD}.securityContext.runAsNonRoot`]: true,
        [`${POD}.securityContext.fsGroupChangePolicy`]: 'OnRootMismatch',
        [`${POD}.securityContext.seccompProfile.type`]: 'RuntimeDefault',
        [`${CONTAINER}.securityContext`]: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
      reason: 'Pod Security requires it.',
    },
    {
      fields: {
        [`${CONTAINER}.imagePullPolicy`]: 'Always',
        [`${CONTAINER}.ports`]: [{ name: 'http', containerPort: 9090 }],
        [`${CONTAINER}.startupProbe`]: { ...probe('/-/ready'), periodSeconds: 10, failureThreshold: 90 },
        [`${CONTAINER}.livenessProbe`]: { ...probe('/-/healthy'), periodSeconds: 10, timeoutSeconds: 5 },
        [`${CONTAINER}.readinessProbe`]: { ...probe('/-/ready'), periodSeconds: 5, timeoutSeconds: 3 },
        [`${CONTAINER}.resources.requests.ephemeral-storage`]: '64Mi',
        [`${CONTAINER}.resources.limits.ephemeral-storage`]: '1Gi',
        [`${CONTAINER}.volumeMounts[config-volume].readOnly`]: true,
        [`${POD}.volumes[config-volume].configMap.items`]: [
          { key: 'prometheus.yml', path: 'prometheus.yml' },
          { key: 'rules-platform.yml', path: 'rules/platform.yml' },
        ],
      },
      reason: 'Kubernetes probes it. It writes only to its volume, and reads the rules from a folder.',
    },
  ],
};

/** In what the monitoring is meant to differ. */
export const MONITORING: readonly Section[] = [
  CORRECTIONS,
  DEPLOYMENT,
  {
    title: 'Service `prometheus`',
    objects: /^Service platform-monitoring\/prometheus$/,
    differences: [{ fields: { 'spec.ports[http].protocol': 'TCP' }, reason: 'It is the default.' }],
  },
  {
    title: 'PersistentVolumeClaim `prometheus-pvc` and `grafana-pvc`',
    objects: /^PersistentVolumeClaim platform-monitoring\/(prometheus|grafana)-pvc$/,
    differences: [
      {
        fields: {
          'spec.accessModes': ['ReadWriteOnce'],
          'spec.storageClassName': 'ssd-storage',
          'spec.resources.requests.storage': '*Gi',
        },
        reason: 'The specification only names them. Their sizes are configuration.',
      },
    ],
  },
  ...GRAFANA,
];

/** What watches, and the specification only names or lacks. */
export const ADDED_MONITORING: readonly WholeObjects[] = [
  {
    title: 'Alertmanager',
    objects: /^(StatefulSet|Service|ConfigMap) platform-monitoring\/alertmanager(-config)?$/,
    reason: 'It notifies people of alerts. The specification only names its address.',
  },
  {
    title: 'Dashboards of Grafana',
    objects: /^ConfigMap platform-monitoring\/grafana-platform-\w+$/,
    reason: 'The specification has a place for them, and no dashboards.',
  },
  {
    title: 'Exporters of MySQL and Redis',
    objects: /^(Deployment|Service|ConfigMap) platform-monitoring\/(mysql|redis)-exporter$/,
    reason: 'The specification only scrapes them.',
  },
  {
    title: 'RBAC of Prometheus',
    objects: /^(ClusterRole|ClusterRoleBinding) prometheus(-targets)?$|^RoleBinding [\w-]+\/prometheus$/,
    reason: 'It finds its targets in these namespaces, and reads the metrics of nodes.',
  },
];
