import type { Section, WholeObjects } from './difference';
import { GRAFANA } from './grafana-differences';
import { CONTAINER, POD, POD_SECURITY } from './pods';
import { PROMETHEUS_CONFIG } from './prometheus-config-differences';

const probe = (path: string) => ({ httpGet: { path, port: 9090 } });

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
      fields: POD_SECURITY,
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
  PROMETHEUS_CONFIG,
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

/** Objects of the monitoring that the specification only names or lacks. */
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
