import { SERVICE_NAMES } from './names';
import digests from './upstream-digests.json';
import {
  ALERTMANAGER_VERSION,
  GRAFANA_VERSION,
  KUBERNETES_RELEASES,
  kubernetesRelease,
  LOAD_BALANCER_CONTROLLER_VERSION,
  PROMETHEUS_VERSION,
} from './versions';

/** The names of one image of a repository. */
export interface ImageVersion {
  readonly tag: string;
  /**
   * Digest of its manifest, or of the index that names a manifest for each architecture: `sha256:…`. It decides what runs.
   * @default - the tag decides
   */
  readonly digest?: string | undefined;
}

/** An image of somebody else. */
export interface UpstreamImage extends ImageVersion {
  /** Where it comes from. */
  readonly source: string;
}

/** Digests of images of others by `SOURCE:TAG`, and of charts by the address of their archive: what `npm run images -- --record` wrote. */
const DIGESTS: Readonly<Record<string, string>> = digests;

const upstream = (source: string, tag: string): UpstreamImage => ({ source, tag, digest: DIGESTS[`${source}:${tag}`] });

/**
 * Images of others, for a version of Kubernetes. They are copied to `platform/NAME` in the registry of each account: nodes in the
 * data subnets reach no other registry, and what runs does not change with somebody else's.
 */
export const upstreamImages = (kubernetesVersion: string) => {
  const { images } = kubernetesRelease(kubernetesVersion);
  return {
    /** The client that sets databases up; as old as the oldest server of the version table. */
    mysql: upstream('docker.io/library/mysql', '8.4.8'),
    'cluster-autoscaler': upstream('registry.k8s.io/autoscaling/cluster-autoscaler', images['cluster-autoscaler']),
    'aws-load-balancer-controller': upstream(
      'public.ecr.aws/eks/aws-load-balancer-controller',
      `v${LOAD_BALANCER_CONTROLLER_VERSION}`,
    ),
    prometheus: upstream('docker.io/prom/prometheus', `v${PROMETHEUS_VERSION}`),
    alertmanager: upstream('docker.io/prom/alertmanager', `v${ALERTMANAGER_VERSION}`),
    grafana: upstream('docker.io/grafana/grafana', GRAFANA_VERSION),
    'mysqld-exporter': upstream('docker.io/prom/mysqld-exporter', 'v0.20.0'),
    'redis-exporter': upstream('docker.io/oliver006/redis_exporter', 'v1.90.0'),
    /** The client that ends the pods of suspended tenants. */
    kubectl: upstream('registry.k8s.io/kubectl', images.kubectl),
  } as const satisfies Readonly<Record<string, UpstreamImage>>;
};

/** A Helm chart of somebody else. */
export interface UpstreamChart {
  /** Address of the repository. */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** Name of its archive, in the repository and in lib/constructs/charts. */
  readonly archive: string;
  /** Digest of the archive: `sha256:…`. @default - not recorded */
  readonly digest?: string | undefined;
}

const EKS_CHARTS = 'https://aws.github.io/eks-charts';

/** The chart of AWS Load Balancer Controller. */
export const LOAD_BALANCER_CHART: UpstreamChart = {
  repository: EKS_CHARTS,
  name: 'aws-load-balancer-controller',
  version: LOAD_BALANCER_CONTROLLER_VERSION,
  archive: `aws-load-balancer-controller-${LOAD_BALANCER_CONTROLLER_VERSION}.tgz`,
  digest: DIGESTS[`${EKS_CHARTS}/aws-load-balancer-controller-${LOAD_BALANCER_CONTROLLER_VERSION}.tgz`],
};

/** The images of others, for any version of Kubernetes, each once. */
export const allUpstreamImages = (): readonly UpstreamImage[] => {
  const images = Object.keys(KUBERNETES_RELEASES).flatMap((version) => Object.values(upstreamImages(version)));
  return [...new Map(images.map((image) => [`${image.source}:${image.tag}`, image])).values()];
};

/** The repositories of an account's registry: one for each service, and one for each image of others. */
export const imageNames = (kubernetesVersion: string): readonly string[] => [
  ...SERVICE_NAMES,
  ...Object.keys(upstreamImages(kubernetesVersion)),
];

/** Name of the repository of an image. */
export const repositoryName = (image: string): string => `platform/${image}`;

/** An account's registry in a region. */
export interface Registry {
  readonly account: string;
  readonly region: string;
}

/** Name of the host of a registry. */
export const registryHost = ({ account, region }: Registry): string => `${account}.dkr.ecr.${region}.amazonaws.com`;

/** An image of the own registry, without its tag. */
export const imageRepository = (registry: Registry, image: string): string =>
  `${registryHost(registry)}/${repositoryName(image)}`;

/** The tag of an image, and its digest where there is one: `8.4.8@sha256:…`. */
export const versionReference = ({ tag, digest }: ImageVersion): string =>
  digest === undefined ? tag : `${tag}@${digest}`;

/** An image of the own registry, as pods name it. A container runtime pulls the digest, and does not ask what the tag is. */
export const imageReference = (registry: Registry, image: string, version: ImageVersion): string =>
  `${imageRepository(registry, image)}:${versionReference(version)}`;

/** Actions that read an image and its parts. */
export const PULL_ACTIONS = [
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchCheckLayerAvailability',
] as const;

/** Asks whether an image is signed. */
export const SIGNING_STATUS_ACTION = 'ecr:DescribeImageSigningStatus';
