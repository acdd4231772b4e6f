import { namespaceDemand, requested, servicesDemand, tenantsDemand, total, type Demand } from '../derive/capacity';
import { CONTROLLERS, DAEMONS } from '../../model/cluster-pods';
import { PLATFORM_NAMESPACE_NAMES, type EnvironmentConfig, type QuotaConfig } from '../environment';
import { isKnown, NODE_SIZES } from '../../model/instance-types';
import { machine, type Machine } from '../../model/machines';
import { LARGEST_POD } from '../../model/namespaces';
import { bytes, millicores } from '../../model/quantities';
import { MAX_NODES } from '../schema/cluster';
import { nodeGroup } from './cluster';
import { resourcesProblems, unless } from './unless';

/** The quotas: none requested above its limit, and room for what the platform itself runs in its namespaces. */
export const quotaProblems = (config: EnvironmentConfig) => [
  ...PLATFORM_NAMESPACE_NAMES.flatMap((namespace) => {
    const field = `quotas.${namespace}`;
    const problems = resourcesProblems(field, config.quotas[namespace]);
    return problems.length > 0
      ? problems
      : room(field, config.quotas[namespace], namespaceDemand(config, namespace), namespace);
  }),
  ...config.extraNamespaces.flatMap(({ name, quota }) => resourcesProblems(`extraNamespaces.${name}.quota`, quota)),
];

const MIB = 2 ** 20;

const room = (field: string, { pods, requests, limits }: QuotaConfig, needed: Demand, namespace: string) =>
  [
    { of: 'pods', value: `${pods}`, has: pods, needs: needed.pods, unit: 1, suffix: '' },
    {
      of: 'requests.cpu',
      value: requests.cpu,
      has: millicores(requests.cpu),
      needs: needed.cpuRequests,
      unit: 1,
      suffix: 'm',
    },
    {
      of: 'requests.memory',
      value: requests.memory,
      has: bytes(requests.memory),
      needs: needed.memoryRequests,
      unit: MIB,
      suffix: 'Mi',
    },
    { of: 'limits.cpu', value: limits.cpu, has: millicores(limits.cpu), needs: needed.cpuLimits, unit: 1, suffix: 'm' },
    {
      of: 'limits.memory',
      value: limits.memory,
      has: bytes(limits.memory),
      needs: needed.memoryLimits,
      unit: MIB,
      suffix: 'Mi',
    },
  ]
    .filter(({ has, needs }) => (has ?? needs) < needs)
    .map(
      ({ of, value, needs, unit, suffix }) =>
        `${field}.${of} is ${value}, but all pods of ${namespace} together need ${Math.ceil(needs / unit)}${suffix} at their maximum: ` +
        'raise it, or lower replicas, autoscaling.maxReplicas or resources',
    );

/** The pods of services: within what one pod may have. */
export const largestPodProblems = ({ services }: EnvironmentConfig) =>
  Object.entries(services).flatMap(
    ([
      name,
      {
        resources: { limits },
      },
    ]) =>
      [
        { resource: 'cpu' as const, quantity: millicores },
        { resource: 'memory' as const, quantity: bytes },
      ]
        .filter(({ resource, quantity }) => (quantity(limits[resource]) ?? 0) > quantity(LARGEST_POD[resource])!)
        .map(
          ({ resource }) =>
            `services.${name}.resources.limits.${resource} is ${limits[resource]}: choose ${LARGEST_POD[resource]} or less, the maximum of a pod ` +
            '(lib/model/namespaces.ts)',
        ),
  );

/** Of the DaemonSets on every node. */
const ON_EVERY_NODE = total(Object.values(DAEMONS).map(({ requests }) => requested(1, requests)));

/** Of the controllers on the application nodes: one pod of each, and all of them. */
const CONTROLLER_PODS = Object.values(CONTROLLERS).map(({ requests }) => requested(1, requests));
const ALL_CONTROLLERS = total(
  Object.values(CONTROLLERS).map(({ replicas, requests }) => requested(replicas, requests)),
);

/** Nodes for an amount of ours, in pods up to the largest, and one of theirs, in pods of any size. */
const nodesFor = (free: number, largest: number, ours: number, theirs: number) =>
  ours / Math.max(1, free - largest) + theirs / Math.max(1, free / 2);

/**
 * The application nodes: they hold all services at their maximum, all that tenants may request, and the controllers of the cluster.
 *
 * Room that no pod fits stays free: on every node up to the size of the largest pod, which is taken off each. Tenants' pods may
 * be as large as a node; however they come, two nodes together are more than half full.
 */
export const applicationNodes = (config: EnvironmentConfig) => {
  const group = config.cluster.nodeGroups.application;
  const { instanceType, maxSize } = group;
  if (!isKnown(NODE_SIZES, instanceType) || nodeGroup('', group).length > 0) return [];
  if (smallNodes(config).length > 0) return [];
  const node = machine(instanceType);
  const [services, tenants] = [servicesDemand(config), tenantsDemand(config.tenants)];
  const own = total([services, ALL_CONTROLLERS]);
  const requests = Object.values(config.services).map(({ resources }) => resources.requests);
  const largest = {
    cpuRequests: Math.max(
      ...CONTROLLER_PODS.map(({ cpuRequests }) => cpuRequests),
      ...requests.map(({ cpu }) => millicores(cpu) ?? 0),
    ),
    memoryRequests: Math.max(
      ...CONTROLLER_PODS.map(({ memoryRequests }) => memoryRequests),
      ...requests.map(({ memory }) => bytes(memory) ?? 0),
    ),
  };
  const nodes = Math.max(
    nodesFor(node.millicores - ON_EVERY_NODE.cpuRequests, largest.cpuRequests, own.cpuRequests, tenants.cpuRequests),
    nodesFor(
      node.bytes - ON_EVERY_NODE.memoryRequests,
      largest.memoryRequests,
      own.memoryRequests,
      tenants.memoryRequests,
    ),
  );
  if (nodes > MAX_NODES)
    return [
      `cluster.nodeGroups.application.instanceType is "${instanceType}", but all pods at their maximum need more than the ` +
        `${MAX_NODES} nodes that a managed node group can have. A node has ${amounts(freeOf(node))} free, and the largest pod requests ` +
        `${amounts(largest)}: choose a larger type, or lower replicas, resources or tenants`,
    ];
  return unless(
    Math.ceil(nodes) <= maxSize,
    `cluster.nodeGroups.application.maxSize is ${maxSize}, but all pods at their maximum need ${Math.ceil(nodes)} nodes of ` +
      `${instanceType} (services request ${cores(services)} CPUs, tenants ${cores(tenants)}, controllers ${cores(ALL_CONTROLLERS)}): ` +
      'raise it with room to spare',
  );
};

type Requests = Pick<Demand, 'cpuRequests' | 'memoryRequests'>;

/** The CPU and memory of a node that its DaemonSets leave free. */
const freeOf = ({ millicores: cpu, bytes: memory }: Machine): Requests => ({
  cpuRequests: Math.max(0, cpu - ON_EVERY_NODE.cpuRequests),
  memoryRequests: Math.max(0, memory - ON_EVERY_NODE.memoryRequests),
});

/** `1650m of CPU and 5.3 GiB of memory`. */
const amounts = ({ cpuRequests, memoryRequests }: Requests): string =>
  `${cpuRequests}m of CPU and ${Math.round((10 * memoryRequests) / 2 ** 30) / 10} GiB of memory`;

/** Machines on which the DaemonSets alone take all there is. */
export const smallNodes = ({ cluster: { nodeGroups } }: EnvironmentConfig) =>
  Object.entries(nodeGroups)
    .filter(([, { instanceType }]) => isKnown(NODE_SIZES, instanceType))
    .filter(([, { instanceType }]) => Object.values(freeOf(machine(instanceType))).includes(0))
    .map(
      ([name, { instanceType }]) =>
        `cluster.nodeGroups.${name}.instanceType is "${instanceType}", which has ${amounts({
          cpuRequests: machine(instanceType).millicores,
          memoryRequests: machine(instanceType).bytes,
        })} for pods, but the DaemonSets alone request ${amounts(ON_EVERY_NODE)}: choose a larger type`,
    );

/** `12.4`, as a quantity of CPU. */
const cores = ({ cpuRequests }: Demand): string => `${Math.round(cpuRequests / 100) / 10}`;
