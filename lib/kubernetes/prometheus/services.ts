import { MONITORING_NAMESPACE } from '../../model/namespaces';
import { SITES } from '../../model/sites';
import type { WorkloadIdentity } from '../objects/labels';

const { name: host, port } = SITES.grafana.target;

/** Namespace of all that watches. */
export const MONITORING = MONITORING_NAMESPACE;

/** Where parts of the monitoring answer; each is its Service, its label `app` and its service account. */
export const PROMETHEUS = { host: 'prometheus', port: 9090 } as const;
export const ALERTMANAGER = { host: 'alertmanager', port: 9093 } as const;
export const GRAFANA = { host, port } as const;
export const MYSQL_EXPORTER = { host: 'mysql-exporter', port: 9104 } as const;
export const REDIS_EXPORTER = { host: 'redis-exporter', port: 9121 } as const;

/** Service of the EKS add-on, in the namespace that it brings. */
export const KUBE_STATE_METRICS = { name: 'kube-state-metrics', namespace: 'kube-state-metrics', port: 8080 } as const;

/** Port of the node exporter, on every node. */
export const NODE_EXPORTER_PORT = 9100;

/** A part of the monitoring, as labels tell it apart. */
export const monitoringWorkload = ({ host: app }: { readonly host: string }): WorkloadIdentity => ({
  app,
  component: 'monitoring',
});
