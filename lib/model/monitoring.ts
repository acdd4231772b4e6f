import type { Resources } from './resources';

/** The programs in platform-monitoring: requests and limits of a pod of each, Prometheus' as specified. */
export const MONITORING_RESOURCES = {
  prometheus: { requests: { cpu: '200m', memory: '1000Mi' }, limits: { cpu: '1000m', memory: '2000Mi' } },
  alertmanager: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
  /** More than was specified of version 9: today's has an API server in it, and a process for each kind of data source of its image. */
  grafana: { requests: { cpu: '100m', memory: '384Mi' }, limits: { cpu: '500m', memory: '1Gi' } },
  exporter: { requests: { cpu: '20m', memory: '48Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
} as const satisfies Readonly<Record<string, Resources>>;

/** The user as whom exporters ask MySQL and Redis how they fare: it reads no data. */
export const MONITOR = 'monitor';
