import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ContainerPort, Probe, Service, ServicePort } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { AutoscalingConfig, ServiceConfig } from '../config/environment';
import { HTTP_PORT, SERVICE_PORT } from '../model/services';
import { spreadOverZones } from '../model/node-placement';
import type { Manifest } from './manifest';
import { podAntiAffinity } from './pod-anti-affinity';
import { METRICS_PORT, type ServicePod, type ServicePodProps } from './service-pod';
import { targetHealth } from './target-group-binding';
import { beforeEnd, TERMINATION_GRACE } from './termination';

export interface ServiceProps extends ServicePodProps, Pick<ServiceConfig, 'replicas'> {
  /** @default - the number of replicas stays */
  readonly autoscaling?: AutoscalingConfig | undefined;
  /** Changes with the content of `platform-config`, so that pods get it. */
  readonly configChecksum: string;
  /** Minor version of the cluster, e.g. `1.36`. */
  readonly kubernetesVersion: string;
}

/** What runs a service: its pods, their address, how many there are, and how many may be gone at a time. */
export const serviceObjects = (
  props: ServiceProps,
  pod: ServicePod,
): readonly [Manifest<Deployment>, ...Manifest[]] => [
  deployment(props, pod),
  address(props),
  ...(props.autoscaling ? [autoscaler(props, props.autoscaling)] : []),
  disruptionBudget(props),
];

/** The immutable part of the labels: what everything selects by. */
const selector = ({ name }: ServiceProps) => ({ app: name });

const metadata = ({ name, namespace }: ServiceProps) => ({ name, namespace });

const scrape = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': `${METRICS_PORT}` };

const deployment = (props: ServiceProps, pod: ServicePod): Manifest<Deployment> => {
  const { name, definition, replicas, autoscaling, configChecksum, kubernetesVersion } = props;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata(props), labels: { ...selector(props), version: 'v1', ...definition.labels } },
    spec: {
      ...(!autoscaling && { replicas }),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: selector(props) },
      template: {
        metadata: {
          labels: { ...selector(props), version: 'v1', ...definition.labels },
          annotations: {
            ...scrape,
            'prometheus.io/path': '/metrics',
            ...(pod.container.envFrom && { 'checksum/platform-config': configChecksum }),
            ...definition.annotations,
          },
        },
        spec: {
          ...pod.spec,
          // A rollout goes on once the load balancer sends to the new pod, not when the pod itself says so.
          ...(definition.site && { readinessGates: [{ conditionType: targetHealth(name) }] }),
          terminationGracePeriodSeconds: TERMINATION_GRACE,
          containers: [
            {
              ...pod.container,
              ports: PORTS.map((port): ContainerPort => ({ name: port.name, containerPort: port.targetPort })),
              livenessProbe: probe(definition.probes.liveness, {
                initialDelaySeconds: 30,
                periodSeconds: 10,
                timeoutSeconds: 5,
              }),
              readinessProbe: probe(definition.probes.readiness, {
                initialDelaySeconds: 5,
                periodSeconds: 5,
                timeoutSeconds: 3,
              }),
              lifecycle: beforeEnd(definition, kubernetesVersion),
            },
          ],
          affinity: podAntiAffinity(props.name),
          ...spreadOverZones(selector(props)),
        },
      },
    },
  };
};

const probe = (path: string, times: Probe): Probe => ({
  httpGet: { path, port: SERVICE_PORT },
  ...times,
  failureThreshold: 3,
});

/** Ports of the Service, and those of the pods that they lead to. */
const PORTS = [
  { name: 'http', port: HTTP_PORT, targetPort: SERVICE_PORT },
  { name: 'metrics', port: METRICS_PORT, targetPort: METRICS_PORT },
] as const;

const address = (props: ServiceProps): Manifest<Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...metadata(props),
    labels: { ...selector(props), ...props.definition.labels },
    annotations: { ...scrape },
  },
  spec: {
    type: 'ClusterIP',
    ports: PORTS.map((port): ServicePort => ({ ...port, protocol: 'TCP' })),
    // By all of its labels. The VPC CNI sees the address of a Service, not yet that of a pod, and lets it pass only if the Service
    // selects by the labels that a network policy asks for: https://github.com/aws/amazon-network-policy-controller-k8s/issues/224
    selector: { ...selector(props), ...props.definition.labels },
  },
});

/** It owns the number of replicas, and never goes below what the service itself asks for. */
const autoscaler = (props: ServiceProps, autoscaling: AutoscalingConfig): Manifest<HorizontalPodAutoscaler> => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { ...metadata(props), name: `${props.name}-hpa` },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.name },
    minReplicas: Math.max(props.replicas, autoscaling.minReplicas),
    maxReplicas: autoscaling.maxReplicas,
    metrics: (
      [
        ['cpu', autoscaling.targetCpuPercent],
        ['memory', autoscaling.targetMemoryPercent],
      ] as const
    ).map(([name, averageUtilization]) => ({
      type: 'Resource',
      resource: { name, target: { type: 'Utilization', averageUtilization } },
    })),
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 60, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
      scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
    },
  },
});

/** One pod may be gone at a time, and a broken one always: no drain of a node waits for ever. */
const disruptionBudget = (props: ServiceProps): Manifest<PodDisruptionBudget> => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata(props),
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: selector(props) },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});
