import type { EnvironmentConfig, PlatformNamespace, ResourceQuantities, Resources } from '../environment';
import { MONITORING_RESOURCES } from '../../model/monitoring';
import { CORE_NAMESPACE, MONITORING_NAMESPACE } from '../../model/namespaces';
import { bytes, millicores } from '../../model/quantities';
import { SUSPENSION_RESOURCES, TIERS } from '../../model/tenant-tiers';
import { colorsOf } from '../../model/colors';
import type { ServiceName } from '../../model/names';
import {
  DATABASE_SETUP_RESOURCES,
  DATABASES,
  MIGRATION_RESOURCES,
  SERVICES,
  SWITCH_RESOURCES,
} from '../../model/services';
import { deploymentsOf } from './deployments';

/** The sum over some pods: CPU in millicores, memory in bytes. */
export interface Demand {
  readonly pods: number;
  readonly cpuRequests: number;
  readonly cpuLimits: number;
  readonly memoryRequests: number;
  readonly memoryLimits: number;
}

const NOTHING: Demand = { pods: 0, cpuRequests: 0, cpuLimits: 0, memoryRequests: 0, memoryLimits: 0 };

/** A number of equal pods. A malformed quantity counts as nothing: it is a problem of its own. */
export const demand = (pods: number, { requests, limits }: Resources): Demand => ({
  pods,
  cpuRequests: pods * (millicores(requests.cpu) ?? 0),
  cpuLimits: pods * (millicores(limits.cpu) ?? 0),
  memoryRequests: pods * (bytes(requests.memory) ?? 0),
  memoryLimits: pods * (bytes(limits.memory) ?? 0),
});

/** Requests of equal pods of the cluster's own. No rule reads their limits. */
export const requested = (pods: number, { cpu = '0', memory = '0' }: Partial<ResourceQuantities>): Demand =>
  demand(pods, { requests: { cpu, memory }, limits: { cpu: '0', memory: '0' } });

export const total = (demands: readonly Demand[]): Demand =>
  demands.reduce(
    (sum, each) => ({
      pods: sum.pods + each.pods,
      cpuRequests: sum.cpuRequests + each.cpuRequests,
      cpuLimits: sum.cpuLimits + each.cpuLimits,
      memoryRequests: sum.memoryRequests + each.memoryRequests,
      memoryLimits: sum.memoryLimits + each.memoryLimits,
    }),
    NOTHING,
  );

/** Pods that a rollout of a service adds for a moment. */
const SURGE = 1;

type Sized = Pick<EnvironmentConfig, 'autoscaling' | 'services' | 'releases'>;

/** Pods that a service has at the most. Both colors count, whether they are there or not: to bring one changes nothing else. */
const mostPods = (service: ServiceName, { autoscaling, services, releases }: Sized): number => {
  const colors = Math.max(1, colorsOf(service).length);
  const replicas = deploymentsOf(releases, service).map((one) => one.replicas ?? 0);
  return colors * (Math.max(services[service].replicas, autoscaling?.maxReplicas ?? 0, ...replicas) + SURGE);
};

/** The services of a namespace, or all of them, each at its autoscaler's maximum and in the middle of a rollout, and their Jobs. */
export const servicesDemand = (config: Sized, namespace?: string): Demand =>
  total(
    (Object.keys(config.services) as ServiceName[]).flatMap((name) => {
      const service = SERVICES[name];
      if (namespace !== undefined && service.namespace !== namespace) return [];
      return [
        demand(mostPods(name, config), config.services[name].resources),
        ...(service.migrates ? [demand(1, MIGRATION_RESOURCES)] : []),
        ...(service.site === undefined ? [] : [demand(1, SWITCH_RESOURCES)]),
      ];
    }),
  );

/** The demand of active tenants. A tier that is none counts as nothing: it is a problem of its own. */
export const tenantsDemand = (tenants: EnvironmentConfig['tenants']): Demand =>
  total(
    tenants
      .filter(({ tier, status }) => status === 'active' && Object.hasOwn(TIERS, tier))
      .map(({ tier }) => ({ ...demand(1, TIERS[tier]), pods: TIERS[tier].pods })),
  );

/** The maximum demand of a namespace of the platform. */
export const namespaceDemand = (config: Sized, namespace: PlatformNamespace): Demand =>
  total([
    servicesDemand(config, namespace),
    ...(namespace === CORE_NAMESPACE
      ? [demand(DATABASES.length + 1, DATABASE_SETUP_RESOURCES), demand(1, SUSPENSION_RESOURCES)] // suspensions can wait
      : []),
    ...(namespace === MONITORING_NAMESPACE
      ? [
          demand(1, MONITORING_RESOURCES.prometheus),
          demand(1, MONITORING_RESOURCES.alertmanager),
          demand(1, MONITORING_RESOURCES.grafana),
          demand(2 * (1 + SURGE), MONITORING_RESOURCES.exporter), // of MySQL, of Redis
        ]
      : []),
  ]);
