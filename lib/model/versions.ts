import { KubectlV28Layer } from '@aws-cdk/lambda-layer-kubectl-v28';
import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';

/** The EKS add-ons of every cluster. */
const ADDON_NAMES = [
  'vpc-cni',
  'kube-proxy',
  'eks-pod-identity-agent',
  'coredns',
  'aws-ebs-csi-driver',
  'metrics-server',
  'aws-secrets-store-csi-driver-provider',
  'amazon-cloudwatch-observability',
  'kube-state-metrics',
  'prometheus-node-exporter',
  'eks-node-monitoring-agent',
] as const;
export type AddonName = (typeof ADDON_NAMES)[number];

/** A Kubernetes minor version of EKS: its add-ons, its node image, and the end of its support. */
export interface KubernetesRelease {
  /**
   * How EKS supports it. Data, so that synthesis needs no clock: `standard`; `extended` costs extra; `ended` means that EKS
   * creates no cluster of it any more.
   */
  readonly support: 'standard' | 'extended' | 'ended';
  /** Last day of standard support, ISO date. */
  readonly standardSupportEnds: string;
  /** Last day of extended support, ISO date. */
  readonly extendedSupportEnds: string;
  /** The Lambda layer with the kubectl that manifests are applied with: within one minor version of the cluster. */
  readonly kubectlLayer: typeof KubectlV36Layer;
  /** Release of the Amazon Linux 2023 image of the nodes. @default - the newest when a node group is made */
  readonly nodeImage?: string;
  /** Version of each add-on. */
  readonly addons: Readonly<Record<AddonName, string>>;
  /** Tag of each image of others that goes with the minor version (lib/model/images.ts). */
  readonly images: Readonly<Record<'cluster-autoscaler' | 'kubectl', string>>;
}

/** The day on which the table below was compared with its sources. */
export const VERSIONS_CHECKED = '2026-11-23';

/**
 * Every Kubernetes version that a configuration may name.
 *
 * Dates: the EKS release calendar (endoflife.date/amazon-eks). Cluster Autoscaler: the releases of kubernetes/autoscaler. Add-on
 * versions and node image: the defaults of EKS, as public repositories recorded them; confirm them before a first deployment with
 * `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name vpc-cni`.
 */
export const KUBERNETES_RELEASES: Readonly<Record<string, KubernetesRelease>> = {
  '1.28': {
    support: 'ended',
    standardSupportEnds: '2024-11-26',
    extendedSupportEnds: '2025-11-26',
    kubectlLayer: KubectlV28Layer,
    addons: {
      'vpc-cni': 'v1.20.1-eksbuild.3',
      'kube-proxy': 'v1.28.15-eksbuild.31',
      'eks-pod-identity-agent': 'v1.3.8-eksbuild.2',
      coredns: 'v1.10.1-eksbuild.38',
      'aws-ebs-csi-driver': 'v1.48.0-eksbuild.1',
      'metrics-server': 'v0.8.0-eksbuild.2',
      'aws-secrets-store-csi-driver-provider': 'v2.1.1-eksbuild.1',
      'amazon-cloudwatch-observability': 'v4.6.0-eksbuild.1',
      'kube-state-metrics': 'v2.15.0-eksbuild.4',
      'prometheus-node-exporter': 'v1.9.1-eksbuild.2',
      'eks-node-monitoring-agent': 'v1.4.0-eksbuild.2',
    },
    images: { 'cluster-autoscaler': 'v1.28.6', kubectl: 'v1.28.15' },
  },
  '1.36': {
    support: 'standard',
    standardSupportEnds: '2027-08-02',
    extendedSupportEnds: '2028-08-02',
    kubectlLayer: KubectlV36Layer,
    nodeImage: '1.36.4-20260923',
    addons: {
      'vpc-cni': 'v1.22.4-eksbuild.3',
      'kube-proxy': 'v1.36.0-eksbuild.25',
      'eks-pod-identity-agent': 'v1.3.10-eksbuild.3',
      coredns: 'v1.14.3-eksbuild.23',
      'aws-ebs-csi-driver': 'v1.66.0-eksbuild.1',
      'metrics-server': 'v0.9.0-eksbuild.11',
      'aws-secrets-store-csi-driver-provider': 'v3.1.3-eksbuild.1',
      'amazon-cloudwatch-observability': 'v6.7.0-eksbuild.1',
      'kube-state-metrics': 'v2.19.1-eksbuild.2',
      'prometheus-node-exporter': 'v1.11.1-eksbuild.7',
      'eks-node-monitoring-agent': 'v1.7.0-eksbuild.1',
    },
    images: { 'cluster-autoscaler': 'v1.36.1', kubectl: 'v1.36.4' },
  },
};

/** The release of a configured version. Throws on a version that validation would have refused. */
export const kubernetesRelease = (version: string): KubernetesRelease => {
  const release = KUBERNETES_RELEASES[version];
  if (!release) throw new Error(`Kubernetes ${version} has no row in lib/model/versions.ts: add one`);
  return release;
};

/** A version of RDS for MySQL, and how long it lives. */
export interface MysqlRelease {
  /** Last day on which RDS creates an instance of this minor version, and leaves one alone; ISO date. */
  readonly minorVersionEnds: string;
  /** Last day of the standard support of its major version, ISO date. Extended support costs extra and is refused here. */
  readonly standardSupportEnds: string;
}

/**
 * Every MySQL version that a configuration may name.
 *
 * Dates: the RDS release calendar (endoflife.date/amazon-rds-mysql); confirm with
 * `aws rds describe-db-engine-versions --engine mysql --engine-version 8.4`. 8.0 left standard support on 2026-07-31.
 */
export const MYSQL_RELEASES: Readonly<Record<string, MysqlRelease>> = {
  '8.4.8': { minorVersionEnds: '2027-02-03', standardSupportEnds: '2029-07-31' },
  '8.4.9': { minorVersionEnds: '2027-05-08', standardSupportEnds: '2029-07-31' },
};

/** Redis OSS ends with 7.1: its successor in ElastiCache is Valkey (docs/adr/0009). */
export const REDIS_VERSION = '7.1';

/**
 * AWS Load Balancer Controller: its chart, and its image, which has the same number. Helm makes the kinds that a chart defines, and
 * leaves those that it finds (docs/upgrade.md).
 */
export const LOAD_BALANCER_CONTROLLER_VERSION = '3.5.0';

/**
 * Prometheus and Alertmanager: `npm run check:servers` has their own tools of these versions read what is deployed. Prometheus 3.13 has
 * long-term support until July 2027 (prometheus.io/docs/introduction/release-cycle). These are the newest whose digests public records
 * agree on; docs/services.md says what the next patches fix.
 */
export const PROMETHEUS_VERSION = '3.13.4';
export const ALERTMANAGER_VERSION = '0.34.1';

/**
 * Grafana. `@grafana/schema` has the same version: `npm run check:manifests` holds dashboards to it. The data source of CloudWatch is on
 * its way out of the program itself: see that the image of a newer version still has it.
 */
export const GRAFANA_VERSION = '13.2.3';

/** Days before the end of standard support in which `aging` warns: time for an upgrade of three environments. */
const NOTICE = 90;
/** Days after which the table counts as old. */
const TABLE_AGE = 90;
const DAY = 24 * 60 * 60 * 1000; // milliseconds

/** Versions that configurations name. */
export interface VersionsInUse {
  readonly kubernetes: readonly string[];
  readonly mysql: readonly string[];
}

/** Matters that need a person on that day: versions in use whose support ends soon, a table that nobody has checked. */
export const aging = (today: Date, { kubernetes, mysql }: VersionsInUse): readonly string[] => {
  const midnight = Date.parse(today.toISOString().slice(0, 10));
  const days = (date: string) => (Date.parse(date) - midnight) / DAY;
  const ending = [
    ...kubernetes.map((version) => ({
      what: `Kubernetes ${version}`,
      ends: kubernetesRelease(version).standardSupportEnds,
    })),
    ...mysql.map((version) => ({ what: `MySQL ${version}`, ends: MYSQL_RELEASES[version]?.minorVersionEnds ?? '' })),
  ]
    .filter(({ ends }) => days(ends) < NOTICE)
    .map(({ what, ends }) =>
      days(ends) < 0
        ? `${what} left standard support on ${ends}: upgrade (docs/upgrade.md)`
        : `${what} leaves standard support on ${ends}, in ${days(ends)} days: upgrade (docs/upgrade.md)`,
    );
  const old = -days(VERSIONS_CHECKED);
  const stale = `lib/model/versions.ts was compared with its sources ${old} days ago: compare it again`;
  return [...new Set(ending), ...(old > TABLE_AGE ? [stale] : [])];
};
