import { MONITOR } from '../model/monitoring';
import { CORE_NAMESPACE } from '../model/namespaces';
import {
  DATABASES,
  FRONTEND_LABELS,
  METRICS_PORT,
  MICROSERVICE_LABELS,
  SERVICE_PORT,
  SERVICES,
} from '../model/services';
import { MYSQL_PORT, REDIS_PORT } from '../model/ports';
import { switchWorkload } from './color-switch';
import { databaseSetupWorkload } from './database-setup';
import { migrationWorkload } from './migration';
import type { WorkloadIdentity } from './objects/labels';
import {
  ALERTMANAGER,
  GRAFANA,
  KUBE_STATE_METRICS,
  MONITORING,
  monitoringWorkload,
  MYSQL_EXPORTER,
  NODE_EXPORTER_PORT,
  PROMETHEUS,
  REDIS_EXPORTER,
} from './prometheus/services';
import { serviceWorkload } from './service-workload';
import { SUSPENSION_WORKLOAD } from './tenancy';

/** One way through the network. Whatever is not in the table below is refused. */
export interface Path {
  /** A workload, a group of them, or another peer. */
  readonly from: Peer;
  readonly to: Peer;
  readonly ports: readonly Port[];
  readonly why: string;
}

export interface Port {
  readonly port: number;
  /** @default TCP */
  readonly protocol?: 'UDP';
}

/** Groups to which workloads belong. */
type Group =
  | 'every pod'
  | 'public services'
  | 'microservices'
  | 'services'
  | 'MySQL clients'
  | 'Redis clients'
  | 'reporters of errors'
  | 'page renderers'
  | 'Kubernetes clients'
  | 'AWS clients'
  | 'Prometheus'
  | 'pods of tenants'
  | 'sandbox pods';

export type Peer =
  | Group
  | 'api-gateway'
  | 'cluster DNS'
  | 'load balancer'
  | 'alertmanager'
  | 'grafana'
  | 'mysql-exporter'
  | 'redis-exporter'
  | 'kube-state-metrics'
  | 'nodes'
  | 'MySQL'
  | 'Redis'
  | 'API server'
  | 'AWS endpoints'
  | 'Pod Identity agent'
  | 'internet'
  | 'pods of the same namespace';

const KUBELET_PORT = 10250;
const HTTPS: readonly Port[] = [{ port: 443 }];
const SERVICE: readonly Port[] = [{ port: SERVICE_PORT }];
const METRICS: readonly Port[] = [{ port: METRICS_PORT }];

/** Every path of the platform through the network. */
export const PATHS: readonly Path[] = [
  { from: 'every pod', to: 'cluster DNS', ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }], why: 'names' },
  { from: 'load balancer', to: 'public services', ports: SERVICE, why: 'requests from users, and health checks' },
  { from: 'api-gateway', to: 'microservices', ports: SERVICE, why: 'API requests' },
  {
    from: 'api-gateway',
    to: 'pods of tenants',
    ports: SERVICE,
    why: "API requests for a tenant's own pods",
  },
  { from: 'Prometheus', to: 'services', ports: METRICS, why: 'metrics' },
  { from: 'Prometheus', to: 'pods of tenants', ports: METRICS, why: 'metrics' },
  {
    from: 'Prometheus',
    to: 'nodes',
    ports: [{ port: NODE_EXPORTER_PORT }, { port: KUBELET_PORT }],
    why: 'metrics of nodes, of their kubelets and of all containers',
  },
  { from: 'Prometheus', to: 'kube-state-metrics', ports: [{ port: KUBE_STATE_METRICS.port }], why: 'metrics' },
  { from: 'Prometheus', to: 'mysql-exporter', ports: [{ port: MYSQL_EXPORTER.port }], why: 'metrics of MySQL' },
  { from: 'Prometheus', to: 'redis-exporter', ports: [{ port: REDIS_EXPORTER.port }], why: 'metrics of Redis' },
  { from: 'Prometheus', to: 'alertmanager', ports: [{ port: ALERTMANAGER.port }], why: 'alerts, and metrics' },
  { from: 'Prometheus', to: 'grafana', ports: [{ port: GRAFANA.port }], why: 'metrics' },
  { from: 'grafana', to: 'Prometheus', ports: [{ port: PROMETHEUS.port }], why: 'what dashboards show' },
  { from: 'AWS clients', to: 'Pod Identity agent', ports: [{ port: 80 }], why: 'credentials of their AWS identity' },
  { from: 'AWS clients', to: 'AWS endpoints', ports: HTTPS, why: 'what their AWS identity allows: SNS, CloudWatch' },
  { from: 'MySQL clients', to: 'MySQL', ports: [{ port: MYSQL_PORT }], why: 'their databases' },
  { from: 'Redis clients', to: 'Redis', ports: [{ port: REDIS_PORT }], why: 'their keys' },
  { from: 'reporters of errors', to: 'internet', ports: HTTPS, why: 'Sentry' },
  {
    from: 'page renderers',
    to: 'api-gateway',
    ports: SERVICE,
    why: 'API requests of server-rendered pages',
  },
  { from: 'Kubernetes clients', to: 'API server', ports: HTTPS, why: 'what their Kubernetes roles allow' },
  { from: 'pods of tenants', to: 'pods of the same namespace', ports: [], why: 'each other' },
  {
    from: 'pods of tenants',
    to: 'Pod Identity agent',
    ports: [{ port: 80 }],
    why: 'credentials of their AWS identity',
  },
  { from: 'pods of tenants', to: 'AWS endpoints', ports: HTTPS, why: 'their secrets' },
  {
    from: 'pods of tenants',
    to: 'internet',
    ports: HTTPS,
    why: 'their uploads (S3 has public addresses), and what they call',
  },
  { from: 'sandbox pods', to: 'pods of the same namespace', ports: [], why: 'each other' },
  { from: 'sandbox pods', to: 'internet', ports: HTTPS, why: 'what they try out' },
];

/** Pods that have a network policy of their own. */
export interface Workload {
  /** Name of the policy. */
  readonly name: string;
  readonly namespace: string;
  /** The workload of the pods. @default - every pod of the namespace */
  readonly workload?: WorkloadIdentity;
  readonly groups: readonly Group[];
}

/** The workloads of the platform's namespaces. */
export const platformWorkloads = ({ sentry }: { readonly sentry: boolean }): readonly Workload[] => [
  ...Object.entries(SERVICES).flatMap(([name, service]) => {
    const data = { 'MySQL clients': service.database !== undefined, 'Redis clients': service.redis };
    return [
      workload(serviceWorkload(name), service.namespace, {
        services: true,
        'public services': service.site !== undefined,
        microservices: has(service.labels, MICROSERVICE_LABELS),
        ...data,
        'reporters of errors': sentry && service.sentryVariable !== undefined,
        'page renderers': has(service.labels, FRONTEND_LABELS),
        'Kubernetes clients': service.kubernetes === true,
      }),
      ...(service.migrates ? [workload(migrationWorkload(name), service.namespace, data)] : []),
      ...(service.site === undefined
        ? []
        : [workload(switchWorkload(name), service.namespace, { 'Kubernetes clients': true })]),
    ];
  }),
  ...DATABASES.map((database) => workload(databaseSetupWorkload(database), CORE_NAMESPACE, { 'MySQL clients': true })),
  workload(SUSPENSION_WORKLOAD, CORE_NAMESPACE, { 'Kubernetes clients': true }),
];

/** The workloads that watch, and what makes the user as whom one of them asks MySQL. */
export const monitoringWorkloads = (): readonly Workload[] => [
  workload(monitoringWorkload(PROMETHEUS), MONITORING, { Prometheus: true, 'Kubernetes clients': true }),
  workload(monitoringWorkload(ALERTMANAGER), MONITORING, { 'AWS clients': true }),
  workload(monitoringWorkload(MYSQL_EXPORTER), MONITORING, { 'MySQL clients': true }),
  workload(monitoringWorkload(REDIS_EXPORTER), MONITORING, { 'Redis clients': true }),
  workload(databaseSetupWorkload(MONITOR), CORE_NAMESPACE, { 'MySQL clients': true }),
];

/** Grafana. */
export const grafanaWorkload = ({ isPublic }: { readonly isPublic: boolean }): Workload =>
  workload(monitoringWorkload(GRAFANA), MONITORING, { 'AWS clients': true, 'public services': isPublic });

/** Whether labels are among those of a service. */
const has = (all: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean =>
  Object.entries(some).every(([key, value]) => all[key] === value);

const workload = (
  identity: WorkloadIdentity,
  namespace: string,
  groups: Readonly<Partial<Record<Group, boolean>>>,
): Workload => ({
  name: identity.app,
  namespace,
  workload: identity,
  groups: (Object.keys(groups) as Group[]).filter((group) => groups[group]),
});

/** All pods of a tenant's namespace. */
export const tenantWorkload = (namespace: string): Workload => ({
  name: 'tenant',
  namespace,
  groups: ['pods of tenants'],
});

/** All pods of a namespace in which people try things out. */
export const peopleWorkload = (namespace: string): Workload => ({
  name: 'people',
  namespace,
  groups: ['sandbox pods'],
});
