import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { under, type Fields } from './fields';
import { CONTAINER, POD } from './pods';

/** The specification's configuration, as it stands there. */
const CONFIG = parse(readFileSync(join(__dirname, 'prometheus.yml'), 'utf8'));

const LABELS: Fields = { 'metadata.labels.app': '{name}' };

const DEPLOYMENT: Fields = {
  apiVersion: 'apps/v1',
  ...LABELS,
  'spec.replicas': 1,
  'spec.selector.matchLabels.app': '{name}',
  'spec.template.metadata.labels.app': '{name}',
};

const service = (port: number): Fields => ({
  apiVersion: 'v1',
  ...LABELS,
  'spec.type': 'ClusterIP',
  'spec.ports': [{ name: 'http', port, targetPort: port }],
  'spec.selector.app': '{name}',
});

/** The specification only names it. */
const NAMED: Fields = { apiVersion: 'v1' };

/** Fields of the objects of Grafana, by their key. */
export const GRAFANA: Readonly<Record<string, Fields>> = {
  'Deployment platform-monitoring/grafana': {
    ...DEPLOYMENT,
    ...under(POD, {
      securityContext: { runAsUser: 472, runAsGroup: 472, fsGroup: 472 },
      'volumes[grafana-storage].persistentVolumeClaim.claimName': 'grafana-pvc',
      'volumes[grafana-config].configMap.name': 'grafana-config',
    }),
    ...under(CONTAINER, {
      image: 'grafana/grafana:9.3.0',
      'env[GF_SECURITY_ADMIN_PASSWORD].valueFrom.secretKeyRef': { name: 'grafana-secrets', key: 'admin-password' },
      'env[GF_INSTALL_PLUGINS].value': 'grafana-piechart-panel,grafana-worldmap-panel',
      'env[GF_SERVER_DOMAIN].value': 'grafana.platform.com',
      'env[GF_SERVER_ROOT_URL].value': 'https://grafana.platform.com',
      'ports[http].containerPort': 3000,
      'volumeMounts[grafana-storage].mountPath': '/var/lib/grafana',
      'volumeMounts[grafana-config].mountPath': '/etc/grafana/provisioning',
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
    }),
  },
  'Service platform-monitoring/grafana': service(3000),
  'ConfigMap platform-monitoring/grafana-config': NAMED,
  'PersistentVolumeClaim platform-monitoring/grafana-pvc': NAMED,
  'Secret platform-monitoring/grafana-secrets': {},
};

/** Fields of the objects of Prometheus, by their key. */
export const PROMETHEUS: Readonly<Record<string, Fields>> = {
  'ConfigMap platform-monitoring/prometheus-config': { apiVersion: 'v1', 'data.prometheus.yml': CONFIG },
  'Deployment platform-monitoring/prometheus': {
    ...DEPLOYMENT,
    ...under(POD, {
      serviceAccountName: '{name}',
      securityContext: { runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 },
      'volumes[config-volume].configMap.name': 'prometheus-config',
      'volumes[storage-volume].persistentVolumeClaim.claimName': 'prometheus-pvc',
      'nodeSelector.node-type': 'monitoring',
    }),
    ...under(CONTAINER, {
      image: 'prom/prometheus:v2.40.0',
      args: [
        '--config.file=/etc/prometheus/prometheus.yml',
        '--storage.tsdb.path=/prometheus/',
        '--web.console.libraries=/etc/prometheus/console_libraries',
        '--web.console.templates=/etc/prometheus/consoles',
        '--storage.tsdb.retention.time=15d',
        '--web.enable-lifecycle',
      ],
      ports: [{ containerPort: 9090 }],
      'volumeMounts[config-volume].mountPath': '/etc/prometheus',
      'volumeMounts[storage-volume].mountPath': '/prometheus/',
      resources: { requests: { cpu: '200m', memory: '1000Mi' }, limits: { cpu: '1000m', memory: '2000Mi' } },
    }),
  },
  'Service platform-monitoring/prometheus': service(9090),
  'ServiceAccount platform-monitoring/prometheus': NAMED,
  'PersistentVolumeClaim platform-monitoring/prometheus-pvc': NAMED,
};
