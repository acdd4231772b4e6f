import { NODE_GROUP_NAMES } from '../../../../lib/config/environment';
import { coloredName, colorsOf } from '../../../../lib/model/colors';
import { SERVICE_RESOURCES } from '../../../../lib/model/services';
import { between, counter, gauge, type Labels, type Values } from './series';
import { CAUSE, namespaceOf, podsOf, TENANTS } from './services';
import { SPECIFIED_SERVICES, type SpecifiedService } from '../../../../test/fixtures/specified-services';
import { chance, INCIDENT } from './time';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Nodes, by their group. */
const NODES: readonly (readonly [node: string, group: string])[] = NODE_GROUP_NAMES.flatMap((group, i) =>
  [10, 11, 12].map((subnet) => [`ip-10-0-${subnet}-${20 + i}`, group] as const),
);

const node = ([name, group]: (typeof NODES)[number]): readonly string[] => {
  const labels = { job: 'kubernetes-nodes', instance: `${name}:9100`, node: name, node_type: group };
  const idle = between(name, 0.45, 0.62, group === 'application' ? 0.25 : undefined);
  return [
    gauge('up', labels, 1),
    counter('node_cpu_seconds_total', { ...labels, cpu: '0', mode: 'idle' }, idle),
    counter('node_cpu_seconds_total', { ...labels, cpu: '0', mode: 'user' }, (minute) => 1 - idle(minute)),
    gauge('node_memory_MemTotal_bytes', labels, 8 * GIB),
    gauge('node_memory_MemAvailable_bytes', labels, between(`${name} memory`, 2.9 * GIB, 4.4 * GIB)),
    gauge('node_filesystem_size_bytes', { ...labels, mountpoint: '/' }, 50 * GIB),
    gauge('node_filesystem_avail_bytes', { ...labels, mountpoint: '/' }, (30 + 6 * chance(name)) * GIB),
    gauge('kubelet_certificate_manager_server_ttl_seconds', { ...labels, job: 'kubernetes-kubelet' }, 200 * 86_400),
    gauge('kube_node_status_condition', { node: name, condition: 'Ready', status: 'true' }, 1),
    gauge('kube_node_status_condition', { node: name, condition: 'DiskPressure', status: 'true' }, 0),
  ];
};

/** Series of a container: its use, requests and limits. */
const container = (
  labels: Labels,
  cpu: Values,
  memory: Values,
  limit: { cpu: number; memory: number },
): readonly string[] => [
  counter('container_cpu_usage_seconds_total', labels, cpu),
  gauge('container_memory_working_set_bytes', labels, memory),
  counter('container_cpu_cfs_periods_total', labels, 10),
  counter(
    'container_cpu_cfs_throttled_periods_total',
    labels,
    (minute) => 10 * Math.min(0.9, (cpu(minute) / limit.cpu) ** 2 / 3),
  ),
  ...Object.entries({ cpu: limit.cpu, memory: limit.memory }).flatMap(([resource, most]) => [
    gauge('kube_pod_container_resource_limits', { ...labels, resource }, most),
    gauge('kube_pod_container_resource_requests', { ...labels, resource }, most / 2),
  ]),
];

const numberOf = (quantity: string): number =>
  quantity.endsWith('m') ? Number.parseInt(quantity) / 1000 : Number.parseInt(quantity) * MIB;

const deployment = (namespace: string, name: string, wanted: number, ready: Values | number): readonly string[] => [
  gauge('kube_deployment_spec_replicas', { namespace, deployment: name }, wanted),
  gauge('kube_deployment_status_replicas_available', { namespace, deployment: name }, ready),
  gauge(
    'kube_deployment_status_condition',
    { namespace, deployment: name, condition: 'Progressing', status: 'false' },
    0,
  ),
];

/** Since when the pods of the service that is the cause do not start: shortly before others fail. */
const broken = (minute: number) => minute >= INCIDENT - 8;

const service = (name: SpecifiedService): readonly string[] => {
  const namespace = namespaceOf(name);
  const runs = coloredName(name, colorsOf(name)[0]);
  const { cpu, memory } = SERVICE_RESOURCES[name].limits;
  const limit = { cpu: numberOf(cpu), memory: numberOf(memory) };
  return [
    ...podsOf(name).flatMap((pod, i) => {
      const labels = { namespace, pod, container: name, node: NODES[i]![0] };
      const ends: Values = (minute) => Number(name === CAUSE && i > 0 && broken(minute));
      return [
        ...container(
          labels,
          between(pod, 0.15 * limit.cpu, 0.4 * limit.cpu, 0.75 * limit.cpu),
          between(
            `${pod} memory`,
            0.5 * limit.memory,
            0.65 * limit.memory,
            name === CAUSE ? 0.97 * limit.memory : undefined,
          ),
          limit,
        ),
        counter(
          'kube_pod_container_status_restarts_total',
          labels,
          (minute) => (ends(minute) * Number(minute % 3 === 0)) / 60,
        ),
        gauge('kube_pod_container_status_last_terminated_reason', { ...labels, reason: 'OOMKilled' }, ends),
        gauge('kube_pod_container_status_waiting_reason', { ...labels, reason: 'CrashLoopBackOff' }, ends),
        gauge('kube_pod_status_phase', { namespace, pod, phase: 'Pending' }, 0),
      ];
    }),
    ...deployment(namespace, runs, 3, name === CAUSE ? (minute) => (broken(minute) ? 1 : 3) : 3),
    gauge('kube_horizontalpodautoscaler_spec_max_replicas', { namespace, horizontalpodautoscaler: `${runs}-hpa` }, 10),
    gauge(
      'kube_horizontalpodautoscaler_status_current_replicas',
      { namespace, horizontalpodautoscaler: `${runs}-hpa` },
      3,
    ),
  ];
};

const quota = (namespace: string, resource: string, used: Values): readonly string[] =>
  ['used', 'hard'].map((type) =>
    gauge('kube_resourcequota', { namespace, resourcequota: 'quota', resource, type }, (minute) => {
      const hard = QUOTAS[resource]!;
      return type === 'hard' ? hard : hard * used(minute);
    }),
  );

/** The limit of each quota. */
const QUOTAS: Readonly<Record<string, number>> = {
  'limits.cpu': 4,
  'limits.memory': 8 * GIB,
  pods: 20,
  'requests.cpu': 2,
  'requests.memory': 2 * GIB,
};

const quotas = (namespace: string): readonly string[] =>
  Object.keys(QUOTAS).flatMap((resource) => quota(namespace, resource, () => 0.3 + 0.5 * chance(namespace, resource)));

const tenant = ([name, perSecond]: readonly [string, number]): readonly string[] => {
  const namespace = `tenant-${name}`;
  const size = 0.2 + perSecond / 5;
  return [
    ...container(
      { namespace, pod: 'worker-7c9f6d5b8-2hxkq', container: 'worker', node: NODES[0]![0] },
      between(name, 0.3 * size, 0.7 * size),
      between(name, 0.4 * size * GIB, 0.7 * size * GIB),
      { cpu: size, memory: size * GIB },
    ),
    ...quotas(namespace),
  ];
};

/** Cores in use by the programs of the monitoring, each of which has a volume. */
const MONITORING = { prometheus: 0.45, alertmanager: 0.03, grafana: 0.08 };

const monitoring = ([name, cores]: readonly [string, number]): readonly string[] => {
  const namespace = 'platform-monitoring';
  const volume = {
    job: 'kubernetes-kubelet',
    namespace,
    persistentvolumeclaim: `${name}-pvc`,
    node: NODES.at(-1)![0],
    node_type: 'monitoring',
  };
  return [
    ...container(
      { namespace, pod: `${name}-0`, container: name, node: NODES.at(-1)![0] },
      between(name, cores / 2, cores),
      between(name, 2 * cores * GIB, 3 * cores * GIB),
      { cpu: 2 * cores, memory: 5 * cores * GIB },
    ),
    ...deployment(namespace, name, 1, 1),
    gauge('kube_pod_status_phase', { namespace, pod: `${name}-0`, phase: 'Pending' }, 0),
    gauge('kubelet_volume_stats_capacity_bytes', volume, 50 * GIB),
    gauge('kubelet_volume_stats_available_bytes', volume, (minute) => (22 + 20 * chance(name) - minute / 300) * GIB),
  ];
};

/** Series of the exporters about nodes, pods and quotas, and of the API server about itself. */
export const clusterSeries = (): readonly string[] => [
  ...NODES.flatMap(node),
  ...SPECIFIED_SERVICES.flatMap(service),
  ...Object.entries(TENANTS).flatMap(tenant),
  ...Object.entries(MONITORING).flatMap(monitoring),
  ...['platform-core', 'platform-apps', 'platform-monitoring'].flatMap(quotas),
  ...Object.entries({ 200: 52, 201: 6, 404: 3, 409: 0.4, 500: 0.05 }).map(([code, perSecond]) =>
    counter(
      'apiserver_request_total',
      { job: 'kubernetes-apiservers', instance: '10.0.10.5:443', code },
      between(code, 0.9 * perSecond, 1.1 * perSecond),
    ),
  ),
];
