import { SERVICE_NAMES } from './names';
import {
  ALERTMANAGER_VERSION,
  GRAFANA_VERSION,
  kubernetesRelease,
  LOAD_BALANCER_CONTROLLER_VERSION,
  PROMETHEUS_VERSION,
} from './versions';

/** An image of somebody else. */
interface UpstreamImage {
  /** Where it comes from. */
  readonly source: string;
  readonly tag: string;
}

/**
 * Images of others, for a version of Kubernetes. They are copied to `platform/NAME` in the registry of each account: nodes in the
 * data subnets reach no other registry, and what runs does not change with somebody else's.
 */
export const upstreamImages = (kubernetesVersion: string) => {
  const { images } = kubernetesRelease(kubernetesVersion);
  return {
    /** The client that sets databases up; as old as the oldest server of the version table. */
    mysql: { source: 'public.ecr.aws/docker/library/mysql', tag: '8.4.8' },
    'cluster-autoscaler': {
      source: 'registry.k8s.io/autoscaling/cluster-autoscaler',
      tag: images['cluster-autoscaler'],
    },
    'aws-load-balancer-controller': {
      source: 'public.ecr.aws/eks/aws-load-balancer-controller',
      tag: `v${LOAD_BALANCER_CONTROLLER_VERSION}`,
    },
    prometheus: { source: 'quay.io/prometheus/prometheus', tag: `v${PROMETHEUS_VERSION}` },
    alertmanager: { source: 'quay.io/prometheus/alertmanager', tag: `v${ALERTMANAGER_VERSION}` },
    grafana: { source: 'docker.io/grafana/grafana', tag: GRAFANA_VERSION },
    'mysqld-exporter': { source: 'quay.io/prometheus/mysqld-exporter', tag: 'v0.20.0' },
    'redis-exporter': { source: 'quay.io/oliver006/redis_exporter', tag: 'v1.89.0' },
    /** The client that ends the pods of suspended tenants. */
    kubectl: { source: 'registry.k8s.io/kubectl', tag: images.kubectl },
  } as const satisfies Readonly<Record<string, UpstreamImage>>;
};

/** The repositories of an account's registry: one for each service, and one for each image of others. */
export const imageNames = (kubernetesVersion: string): readonly string[] => [
  ...SERVICE_NAMES,
  ...Object.keys(upstreamImages(kubernetesVersion)),
];

/** Name of the repository of an image. */
export const repositoryName = (image: string): string => `platform/${image}`;

/** An account's registry in a region. */
interface Registry {
  readonly account: string;
  readonly region: string;
}

/** An image of the own registry, without its tag. */
export const imageRepository = ({ account, region }: Registry, image: string): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName(image)}`;

/** An image of the own registry, as pods name it. */
export const imageReference = (registry: Registry, image: string, tag: string): string =>
  `${imageRepository(registry, image)}:${tag}`;
