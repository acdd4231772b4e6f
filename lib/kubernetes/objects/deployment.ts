import type { Deployment, DeploymentStrategy, StatefulSet, StatefulSetSpec } from 'kubernetes-types/apps/v1';
import type { PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { Manifest } from '../manifest';
import { appLabel } from './labels';

/** Props that a Deployment and a StatefulSet share. */
interface PodsProps {
  /** Of the object. */
  readonly name: string;
  readonly namespace: string;
  /** Labels by which it selects its pods. @default - the label `app`, with the name */
  readonly selector?: Readonly<Record<string, string>>;
  /** Labels beside those of the selector, of the object and of the pods: nothing selects by them here. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of the pods. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of one pod. */
  readonly pod: PodSpec;
}

export interface DeploymentProps extends PodsProps {
  /** @default - something else says how many there are */
  readonly replicas?: number;
  /** @default - a quarter of the pods at a time, which Kubernetes rounds */
  readonly strategy?: DeploymentStrategy;
}

export interface StatefulSetProps extends PodsProps {
  readonly replicas: number;
  /** Volumes of each pod's own, and their retention. */
  readonly own: Pick<StatefulSetSpec, 'volumeClaimTemplates' | 'persistentVolumeClaimRetentionPolicy'>;
}

/** A pod more before one goes. */
export const rollingUpdate = (): DeploymentStrategy => ({
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
});

/** Other configuration is another pod. */
export const configChecksum = (checksum: string) => ({ 'checksum/config': checksum });

const selectorOf = ({ name, selector = appLabel(name) }: PodsProps) => ({ ...selector });

const metadata = (props: PodsProps) => ({
  name: props.name,
  namespace: props.namespace,
  labels: { ...selectorOf(props), ...props.labels },
});

const pods = (props: PodsProps): { selector: object; template: PodTemplateSpec } => ({
  selector: { matchLabels: selectorOf(props) }, // Kubernetes never changes it
  template: {
    metadata: {
      labels: { ...selectorOf(props), ...props.labels },
      ...(props.annotations && { annotations: { ...props.annotations } }),
    },
    spec: props.pod,
  },
});

/** Pods that are all alike. */
export const deployment = ({ replicas, strategy, ...props }: DeploymentProps): Manifest<Deployment> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(props),
  spec: {
    ...(replicas !== undefined && { replicas }),
    ...(strategy && { strategy }),
    ...pods(props),
  },
});

/** Pods of which each has its name and its volumes; the Service of the same name leads to them. */
export const statefulSet = ({ replicas, own, ...props }: StatefulSetProps): Manifest<StatefulSet> => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: metadata(props),
  spec: {
    replicas,
    serviceName: props.name,
    ...pods(props),
    ...own,
  },
});
