import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ContainerPort, Service } from 'kubernetes-types/core/v1';
import type { AutoscalingConfig, ServiceConfig } from '../config/environment';
import { coloredName } from '../model/colors';
import type { Color } from '../model/names';
import { RELEASE_LABEL } from '../model/labels';
import { HTTP_PORT, METRICS_PORT, SERVICE_PORT, type ServiceDefinition } from '../model/services';
import type { Manifest } from './manifest';
import { httpProbe, LIVENESS, READINESS } from './objects/container';
import { deployment, rollingUpdate } from './objects/deployment';
import { digest } from './objects/digest';
import { appLabel, colorLabel, labelled, labelledAll } from './objects/labels';
import { podDisruptionBudget } from './objects/pod-disruption-budget';
import { service } from './objects/service';
import { spreadOut } from './objects/spread';
import type { ServicePod, ServicePodProps } from './service-pod';
import { serviceWorkload } from './service-workload';
import { targetHealth } from './target-group-binding';
import { beforeEnd, TERMINATION_GRACE } from './termination';

export interface ServiceProps extends ServicePodProps, Pick<ServiceConfig, 'replicas'> {
  /** The color of these pods. @default - the service has none */
  readonly color?: Color | undefined;
  /** @default - the number of replicas stays */
  readonly autoscaling?: AutoscalingConfig | undefined;
  /** Changes with the content of `platform-config`, so that pods get it. */
  readonly configChecksum: string;
  /** Minor version of the cluster, e.g. `1.36`. */
  readonly kubernetesVersion: string;
}

/**
 * The workload of a service, or of one color of it: a Deployment, its autoscaler and disruption budget. A color also has a Service of
 * its own, by which the load balancer and Prometheus find its pods.
 */
export const serviceObjects = (
  props: ServiceProps,
  pod: ServicePod,
): readonly [Manifest<Deployment>, ...Manifest[]] => {
  const { name, namespace, definition, color, autoscaling } = props;
  const [made, ...others] = labelledAll(serviceWorkload(name), [
    pods(props, pod),
    ...(color ? [address(nameOf(props), { name, definition, color })] : []),
    ...(autoscaling ? [autoscaler(props, autoscaling)] : []),
    podDisruptionBudget({ name: nameOf(props), namespace, selector: selectorOf(props) }),
  ] as const);
  return [released(made), ...others];
};

/** The same Deployment, whose pods say of which release they are. */
const released = (made: Manifest<Deployment>): Manifest<Deployment> => {
  const { template } = made.spec!;
  const labels = { ...template.metadata!.labels, [RELEASE_LABEL]: digest(template) };
  return { ...made, spec: { ...made.spec!, template: { ...template, metadata: { ...template.metadata, labels } } } };
};

/** The address of a service inside the cluster. It leads to the color that users meet, and only there. */
export const serviceAddress = (
  name: string,
  definition: ServiceDefinition,
  live: Color | undefined,
): Manifest<Service> => labelled(serviceWorkload(name), address(name, { name, definition, color: live }));

/** Name of the Deployment. */
const nameOf = ({ name, color }: ServiceProps): string => coloredName(name, color);

/** The labels of its pods. Two colors share no pod. */
const selectorOf = ({ name, color }: ServiceProps) => ({ ...appLabel(name), ...colorLabel(color) });

const scrape = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': `${METRICS_PORT}` };

const pods = (props: ServiceProps, pod: ServicePod): Manifest<Deployment> => {
  const { name, namespace, definition, replicas, autoscaling, configChecksum, kubernetesVersion } = props;
  return deployment({
    name: nameOf(props),
    namespace,
    selector: selectorOf(props),
    labels: { version: 'v1', ...definition.labels },
    annotations: {
      ...scrape,
      'prometheus.io/path': '/metrics',
      ...(pod.container.envFrom && { 'checksum/platform-config': configChecksum }),
      ...definition.annotations,
    },
    ...(!autoscaling && { replicas }),
    strategy: rollingUpdate(),
    pod: {
      ...pod.spec,
      // A rollout goes on once the load balancer sends to the new pod, not when the pod itself says so.
      ...(definition.site && { readinessGates: [{ conditionType: targetHealth(nameOf(props)) }] }),
      terminationGracePeriodSeconds: TERMINATION_GRACE,
      containers: [
        {
          ...pod.container,
          ports: PORTS.map((port): ContainerPort => ({ name: port.name, containerPort: port.targetPort })),
          livenessProbe: probe(definition.probes.liveness, { initialDelaySeconds: 30, ...LIVENESS }),
          readinessProbe: probe(definition.probes.readiness, { initialDelaySeconds: 5, ...READINESS }),
          lifecycle: beforeEnd(definition, kubernetesVersion),
        },
      ],
      ...spreadOut(name),
    },
  });
};

const probe = (path: string, times: Parameters<typeof httpProbe>[2]) =>
  httpProbe(path, SERVICE_PORT, { ...times, failureThreshold: 3 });

/** Ports of the Service, and those of the pods that they lead to. */
const PORTS = [
  { name: 'http', port: HTTP_PORT, targetPort: SERVICE_PORT },
  { name: 'metrics', port: METRICS_PORT, targetPort: METRICS_PORT },
] as const;

/**
 * It selects by all labels of the service. The VPC CNI sees the address of a Service, not yet that of a pod, and lets it pass only if the
 * Service selects by the labels that a network policy asks for: https://github.com/aws/amazon-network-policy-controller-k8s/issues/224
 */
const address = (
  name: string,
  { name: app, definition, color }: Pick<ServiceProps, 'name' | 'definition' | 'color'>,
): Manifest<Service> =>
  service({
    name,
    app,
    namespace: definition.namespace,
    ports: PORTS,
    labels: { ...definition.labels, ...colorLabel(color) },
    // Prometheus asks the pods behind each Service with these: those of a color behind its own, or it would ask some twice.
    ...((color === undefined || name !== app) && { annotations: scrape }),
  });

/** Name of the autoscaler of a Deployment. */
export const autoscalerName = (deploymentName: string): string => `${deploymentName}-hpa`;

/** It owns the number of replicas, and never goes below what the service itself asks for. */
const autoscaler = (props: ServiceProps, autoscaling: AutoscalingConfig): Manifest<HorizontalPodAutoscaler> => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: autoscalerName(nameOf(props)), namespace: props.namespace },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: nameOf(props) },
    minReplicas: Math.max(props.replicas, autoscaling.minReplicas),
    maxReplicas: autoscaling.maxReplicas,
    metrics: (
      [
        ['cpu', autoscaling.targetCpuPercent],
        ['memory', autoscaling.targetMemoryPercent],
      ] as const
    ).map(([resource, averageUtilization]) => ({
      type: 'Resource',
      resource: { name: resource, target: { type: 'Utilization', averageUtilization } },
    })),
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 60, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
      scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
    },
  },
});
