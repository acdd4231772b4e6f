import { KubectlV28Layer } from '@aws-cdk/lambda-layer-kubectl-v28';
import { KubectlV35Layer } from '@aws-cdk/lambda-layer-kubectl-v35';
import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';

/** The EKS add-ons of every cluster. */
export const ADDON_NAMES = [
  'vpc-cni',
  'kube-proxy',
  'eks-pod-identity-agent',
  'coredns',
  'aws-ebs-csi-driver',
  'metrics-server',
] as const;
export type AddonName = (typeof ADDON_NAMES)[number];

/** What a Kubernetes minor version of EKS needs, and how long it lives. */
export interface KubernetesRelease {
  /** Whether EKS still creates clusters of this version. Data, so that synthesis needs no clock. */
  readonly creatable: boolean;
  /** Last day of standard support, ISO date. Later, extended support costs extra. */
  readonly standardSupportEnds: string;
  /** Last day of extended support, ISO date. From then on EKS creates no cluster of this version. */
  readonly extendedSupportEnds: string;
  /** The Lambda layer with the kubectl that manifests are applied with: within one minor version of the cluster. */
  readonly kubectlLayer: typeof KubectlV36Layer;
  /** Version of each add-on. */
  readonly addons: Readonly<Record<AddonName, string>>;
}

/** The day on which the table below was compared with its sources. */
export const VERSIONS_CHECKED = '2026-11-23';

/**
 * Every Kubernetes version that a configuration may name.
 *
 * Dates: the EKS release calendar (endoflife.date/amazon-eks). Add-on versions: what public repositories recorded as the
 * defaults of EKS; confirm them before a first deployment with
 * `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name vpc-cni`.
 */
export const KUBERNETES_RELEASES: Readonly<Record<string, KubernetesRelease>> = {
  '1.28': {
    creatable: false,
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
    },
  },
  '1.35': {
    creatable: true,
    standardSupportEnds: '2027-03-27',
    extendedSupportEnds: '2028-03-27',
    kubectlLayer: KubectlV35Layer,
    addons: {
      'vpc-cni': 'v1.21.1-eksbuild.3',
      'kube-proxy': 'v1.35.0-eksbuild.2',
      'eks-pod-identity-agent': 'v1.3.10-eksbuild.2',
      coredns: 'v1.13.2-eksbuild.1',
      'aws-ebs-csi-driver': 'v1.55.0-eksbuild.2',
      'metrics-server': 'v0.8.1-eksbuild.1',
    },
  },
  '1.36': {
    creatable: true,
    standardSupportEnds: '2027-08-02',
    extendedSupportEnds: '2028-08-02',
    kubectlLayer: KubectlV36Layer,
    addons: {
      'vpc-cni': 'v1.22.4-eksbuild.3',
      'kube-proxy': 'v1.36.0-eksbuild.25',
      'eks-pod-identity-agent': 'v1.3.10-eksbuild.3',
      coredns: 'v1.14.3-eksbuild.23',
      'aws-ebs-csi-driver': 'v1.66.0-eksbuild.1',
      'metrics-server': 'v0.9.0-eksbuild.11',
    },
  },
};

/** The release of a configured version. Throws on a version that validation would have refused. */
export const kubernetesRelease = (version: string): KubernetesRelease => {
  const release = KUBERNETES_RELEASES[version];
  if (!release) throw new Error(`Kubernetes ${version} has no row in lib/config/versions.ts`);
  return release;
};
