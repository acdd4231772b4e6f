import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Node, Pod, ResourceQuota, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { PLATFORM_NAMESPACE_NAMES } from '../../lib/config/environment';
import { SERVICES } from '../../lib/model/services';
import {
  ALERTMANAGER,
  GRAFANA,
  KUBE_STATE_METRICS,
  MONITORING,
  MYSQL_EXPORTER,
  PROMETHEUS,
  REDIS_EXPORTER,
} from '../../lib/kubernetes/prometheus/services';
import type { Exporter } from '../../lib/kubernetes/prometheus/exported';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import { selects } from '../../rehearsal/src/cluster/selector';
import { containerMetrics, exporterMetrics, serviceMetrics, stateMetrics } from './exposition';
import type { Target } from './target';

/** The objects of a cluster that say where metrics are. */
export interface ClusterState {
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly quotas: readonly ResourceQuota[];
  readonly deployments: readonly Deployment[];
}

export const look = async ({ get }: Pick<Cluster, 'get'>): Promise<ClusterState> => ({
  pods: (await get<Pod>('pods')).filter(({ status }) => status?.phase === 'Running'),
  nodes: await get<Node>('nodes'),
  services: await get<Service>('services'),
  slices: await get<EndpointSlice>('endpointslices'),
  quotas: await get<ResourceQuota>('resourcequotas'),
  deployments: await get<Deployment>('deployments'),
});

/** Servers that are configured rather than found: exporters are asked about them. */
export interface Asked {
  readonly mysql: readonly string[];
  readonly redis: readonly string[];
}

/** Where programs of the monitoring listen that run here. */
export interface Ports {
  readonly prometheus: number;
  readonly alertmanager: number;
}

/** Every target that Services, pods and nodes declare: Prometheus has to find these, no more and no less. */
export const declared = (held: ClusterState, asked: Asked, ports: Ports): readonly Target[] => [
  ...apiServers(held),
  ...nodeExporters(held),
  ...kubelets(held),
  ...services(held),
  ...exporters(held, asked),
  ...stateOfKubernetes(held),
  ...monitoring(held, ports),
];

const nameOf = ({ metadata }: Pod | Service) => `${metadata?.namespace}/${metadata?.name}`;
const isIn = (namespace: string) => (object: Pod | Service) => object.metadata?.namespace === namespace;

/** The port of a pod with this name. */
const portOf = ({ spec }: Pod, name: string): number | undefined =>
  spec?.containers.flatMap(({ ports = [] }) => ports).find((port) => port.name === name)?.containerPort;

const urlOf = (address: string | undefined, port: number | undefined, path = '/metrics', scheme = 'http') =>
  `${scheme}://${address}:${port}${path}`;

const apiServers = ({ slices }: ClusterState): readonly Target[] =>
  slices
    .filter(({ metadata }) => metadata?.namespace === 'default' && metadata.name === 'kubernetes')
    .flatMap(({ endpoints, ports }) =>
      endpoints.flatMap(({ addresses }) =>
        addresses.map((address): Target => ({
          job: 'kubernetes-apiservers',
          url: urlOf(address, ports?.find(({ name }) => name === 'https')?.port, '/metrics', 'https'),
          what: 'the API server, as the EndpointSlice default/kubernetes has it',
          labels: {},
          answer: 'itself',
        })),
      ),
    );

const nodeExporters = ({ pods }: ClusterState): readonly Target[] =>
  pods
    .filter(({ spec }) => spec?.containers.some(({ name }) => name === 'node-exporter'))
    .map((pod) => ({
      job: 'kubernetes-nodes',
      url: urlOf(pod.status?.hostIP, portOf(pod, 'metrics')),
      what: `pod ${nameOf(pod)}`,
      labels: { node: pod.spec!.nodeName! },
      answer: () => exporterMetrics('node-exporter'),
    }));

const kubelets = ({ nodes, pods }: ClusterState): readonly Target[] =>
  nodes.flatMap(({ metadata, status }): readonly Target[] => {
    const node = metadata!.name!;
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const port = status?.daemonEndpoints?.kubeletEndpoint?.Port;
    const own = pods.filter(({ spec }) => spec?.nodeName === node);
    const common = { what: `the kubelet of ${node}`, labels: { node } };
    return [
      {
        job: 'kubernetes-kubelet',
        url: urlOf(address, port, '/metrics', 'https'),
        ...common,
        answer: () => exporterMetrics('kubelet'),
      },
      {
        job: 'kubernetes-containers',
        url: urlOf(address, port, '/metrics/cadvisor', 'https'),
        ...common,
        answer: () => containerMetrics(own),
      },
    ];
  });

/** The contract of docs/metrics.md: each pod of a service has a port `metrics`, and answers at /metrics. */
const services = ({ pods, services: all }: ClusterState): readonly Target[] =>
  Object.keys(SERVICES).flatMap((name) => {
    const own = pods.filter(
      ({ metadata }) =>
        metadata?.labels?.app === name && (PLATFORM_NAMESPACE_NAMES as readonly string[]).includes(metadata.namespace!),
    );
    if (own.length === 0) throw new Error(`no pod of the service ${name} runs`);
    return own.map((pod): Target => {
      const { namespace, labels } = pod.metadata!;
      const selecting = all.filter(isIn(namespace!)).filter(({ spec }) => selectedBy(spec, labels));
      // Two Services lead to the pods of a color: Prometheus is told of one.
      const told = selecting.find(({ metadata }) => metadata?.annotations?.['prometheus.io/scrape'] === 'true');
      const service = told ?? selecting[0];
      return {
        job: 'platform-services',
        url: urlOf(pod.status?.podIP, portOf(pod, 'metrics')),
        what: `pod ${nameOf(pod)} (${service ? described(service) : 'no Service selects it'})`,
        labels: {
          app: name,
          pod: pod.metadata!.name!,
          kubernetes_namespace: namespace!,
          kubernetes_name: service?.metadata?.name ?? '',
        },
        answer: () => serviceMetrics(name),
      };
    });
  });

/** The fields of a Service that lead Prometheus to its pods: `Service api-gateway: ports http, metrics; prometheus.io/scrape: true`. */
const described = ({ metadata, spec }: Service): string => {
  const scrape = Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith('prometheus.io/'));
  const ports = `ports ${spec?.ports?.map(({ name }) => name).join(', ')}`;
  return `Service ${metadata?.name}: ${[ports, ...scrape.map(([key, value]) => `${key}: ${value}`)].join('; ')}`;
};

const selectedBy = (spec: Service['spec'], labels: Readonly<Record<string, string>> | undefined) =>
  spec?.selector !== undefined && selects({ matchLabels: spec.selector }, labels);

/** Where a Service of the monitoring answers, if its port leads to one that a pod declares. */
const behind = ({ pods, services: all }: ClusterState, name: string): number | undefined => {
  const { spec } = all.filter(isIn(MONITORING)).find(({ metadata }) => metadata?.name === name) ?? {};
  const ports = pods
    .filter(isIn(MONITORING))
    .filter(({ metadata }) => selectedBy(spec, metadata?.labels))
    .flatMap((pod) => pod.spec!.containers.flatMap((container) => container.ports ?? []));
  return spec?.ports?.find(({ targetPort }) =>
    ports.some((each) => each.containerPort === targetPort || each.name === targetPort),
  )?.port;
};

const exporters = (held: ClusterState, { mysql, redis }: Asked): readonly Target[] => {
  const through = (job: 'mysql' | 'redis', host: string, path: string, exporter: Exporter, server: string): Target => ({
    job,
    url: `${urlOf(host, behind(held, host), path)}?target=${encodeURIComponent(server)}`,
    what: `Service ${MONITORING}/${host}`,
    labels: { instance: server },
    answer: () => exporterMetrics(exporter),
  });
  return [
    ...mysql.map((server) => through('mysql', MYSQL_EXPORTER.host, '/probe', 'mysqld_exporter', server)),
    ...redis.map((server) => through('redis', REDIS_EXPORTER.host, '/scrape', 'redis_exporter', server)),
  ];
};

const stateOfKubernetes = ({ pods, quotas, deployments }: ClusterState): readonly Target[] =>
  pods.filter(isIn(KUBE_STATE_METRICS.namespace)).map((pod) => ({
    job: 'kube-state-metrics',
    url: urlOf(pod.status?.podIP, portOf(pod, 'http')),
    what: `pod ${nameOf(pod)}`,
    labels: {},
    answer: () => stateMetrics(pods, quotas, deployments),
  }));

const monitoring = (held: ClusterState, ports: Ports): readonly Target[] => [
  ...held.pods
    .filter(isIn(MONITORING))
    .filter(({ metadata }) => metadata?.labels?.app === PROMETHEUS.host)
    .map((pod): Target => ({
      job: 'prometheus',
      url: urlOf('localhost', portOf(pod, 'http')),
      what: `pod ${nameOf(pod)}`,
      labels: {},
      answer: { port: ports.prometheus },
    })),
  ...(
    [
      ['alertmanager', ALERTMANAGER.host, { port: ports.alertmanager }],
      ['grafana', GRAFANA.host, () => 'grafana_build_info 1\n'],
    ] as const
  ).map(([job, host, answer]): Target => ({
    job,
    url: urlOf(host, behind(held, host)),
    what: `Service ${MONITORING}/${host}`,
    labels: {},
    answer,
  })),
];
