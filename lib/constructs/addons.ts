import { Stack } from 'aws-cdk-lib';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import { CfnAddon, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CLUSTER_DNS, CONTAINER_INSIGHTS_RESOURCES, CONTROLLERS, type ClusterPod } from '../model/cluster-pods';
import { LABELS } from '../model/labels';
import { KUBE_SYSTEM } from '../model/namespaces';
import { placement, spreadOverZones, ZONE_LABEL } from '../model/node-placement';
import { NODE_CRITICAL } from '../model/priorities';
import type { AddonName } from '../model/versions';
import { acknowledge, awsManagedPolicy } from './acknowledge';
import { pods } from './pod-identity';

interface AddonIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly managedPolicy: string;
}

/** How an EKS add-on is installed. */
interface Addon {
  /** Its settings; their schema: `aws eks describe-addon-configuration`. */
  readonly configuration: object;
  /** The service account of it that calls AWS, and the AWS-managed policy that it needs for that. */
  readonly identity?: AddonIdentity;
}

export interface AddonsProps {
  readonly cluster: ICluster;
  readonly addons: Readonly<Partial<Record<AddonName, Addon>>>;
  /** Version of each add-on. */
  readonly versions: Readonly<Record<AddonName, string>>;
}

/** Some EKS add-ons of a cluster, each with a role of its own where it calls AWS. */
export class Addons extends Construct {
  constructor(scope: Construct, id: string, { cluster, addons, versions }: AddonsProps) {
    super(scope, id);
    for (const [name, { configuration, identity }] of Object.entries(addons) as [AddonName, Addon][]) {
      const scopeOfOne = new Construct(this, name);
      new CfnAddon(scopeOfOne, 'Resource', {
        clusterName: cluster.clusterName,
        addonName: name,
        addonVersion: versions[name],
        configurationValues: Stack.of(this).toJsonString(configuration),
        resolveConflicts: 'OVERWRITE',
        preserveOnDelete: false,
        podIdentityAssociations: identity && [
          {
            serviceAccount: identity.serviceAccount,
            roleArn: podIdentityRole(scopeOfOne, cluster.clusterName, identity).roleArn,
          },
        ],
      });
    }
  }
}

/** A role that the pods of an add-on assume, and no others. */
const podIdentityRole = (scope: Construct, clusterName: string, { managedPolicy, ...who }: AddonIdentity) => {
  const role = new Role(scope, 'Role', {
    assumedBy: pods({ clusterName, ...who }),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(managedPolicy)],
  });
  acknowledge(role, 'AWS keeps the policy of its own add-on in step with it', [awsManagedPolicy(managedPolicy)]);
  return role;
};

export interface NodeAddonsProps {
  readonly region: string;
  /** Subnets of the pods, one per zone. */
  readonly podSubnets: readonly ISubnet[];
  /** Security group of the pods. */
  readonly podSecurityGroupId: string;
}

/** Add-ons that every node needs before it is ready: installed before the node groups. DaemonSets that tolerate every taint. */
export const nodeAddons = ({ region, podSubnets, podSecurityGroupId }: NodeAddonsProps) => ({
  'vpc-cni': {
    identity: { namespace: KUBE_SYSTEM, serviceAccount: 'aws-node', managedPolicy: 'AmazonEKS_CNI_Policy' },
    configuration: {
      // Pods live in subnets of their own (one ENIConfig per zone), and a network interface holds prefixes of 16 addresses.
      // Their traffic out of the VPC leaves with their node's address and by its routes, so that those on isolated nodes
      // stay isolated. The schema wants strings here, and a boolean only in eniConfig.
      env: {
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true',
        ENI_CONFIG_LABEL_DEF: ZONE_LABEL,
        ENABLE_PREFIX_DELEGATION: 'true',
        WARM_PREFIX_TARGET: '1',
        AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false',
      },
      enableNetworkPolicy: 'true',
      eniConfig: {
        create: true,
        region,
        subnets: Object.fromEntries(
          podSubnets.map(({ availabilityZone, subnetId }) => [
            availabilityZone,
            { id: subnetId, securityGroups: [podSecurityGroupId] },
          ]),
        ),
      },
    },
  },
  'kube-proxy': { configuration: {} },
  'eks-pod-identity-agent': { configuration: {} },
});

/** Of DaemonSets that have to run on every node. */
const EVERY_NODE = [{ operator: 'Exists' }];

export interface ClusterAddonsProps {
  readonly region: string;
  /** Version of the EBS driver's add-on, e.g. `v1.66.0-eksbuild.1`. */
  readonly ebsDriverVersion: string;
  /** On the volumes that pods claim. */
  readonly volumeTags: Readonly<Record<string, string>>;
}

/**
 * The policy of the EBS driver. Since v1.58.0 it tags volumes with the name of its cluster, which EKS tells it, and the policy admits it to
 * those and to the cluster's machines alone. An older one is admitted to the volumes of every EBS driver of the account.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
 * https://github.com/kubernetes-sigs/aws-ebs-csi-driver/issues/2918
 */
export const volumesPolicy = (version: string): string => {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major > 1 || minor >= 58 ? 'AmazonEBSCSIDriverEKSClusterScopedPolicy' : 'AmazonEBSCSIDriverPolicyV2';
};

/** Add-ons that run on the nodes: installed after the node groups, on nodes whose taint it has to tolerate. */
export const clusterAddons = ({ region, ebsDriverVersion, volumeTags }: ClusterAddonsProps) => ({
  coredns: {
    configuration: {
      replicaCount: CONTROLLERS.coredns.replicas,
      resources: resourcesOf('coredns'),
      ...placement('application'),
      ...spreadOverZones(CLUSTER_DNS.labels),
    },
  },
  'aws-ebs-csi-driver': {
    identity: {
      namespace: KUBE_SYSTEM,
      serviceAccount: 'ebs-csi-controller-sa',
      managedPolicy: volumesPolicy(ebsDriverVersion),
    },
    configuration: {
      controller: {
        ...placement('application'),
        ...spreadOverZones({ app: 'ebs-csi-controller' }),
        extraVolumeTags: volumeTags,
      },
      node: { tolerateAllTaints: true },
    },
  },
  'metrics-server': {
    configuration: {
      replicas: CONTROLLERS['metrics-server'].replicas,
      resources: resourcesOf('metrics-server'),
      ...placement('application'),
      ...spreadOverZones({ [LABELS.name]: 'metrics-server' }),
    },
  },
  'aws-secrets-store-csi-driver-provider': {
    configuration: {
      awsRegion: region, // pods do not reach the metadata of their node
      tolerations: EVERY_NODE,
      priorityClassName: NODE_CRITICAL,
      // Of the driver beneath. AWS checks nothing in here: a misspelt key has no effect.
      'secrets-store-csi-driver': {
        linux: { tolerations: EVERY_NODE, priorityClassName: NODE_CRITICAL },
        syncSecret: { enabled: true },
        enableSecretRotation: true,
        rotationPollInterval: '120s', // how long the files and Secrets of a pod lag behind a rotation
      },
    },
  },
  'amazon-cloudwatch-observability': {
    identity: {
      namespace: 'amazon-cloudwatch',
      serviceAccount: 'cloudwatch-agent',
      managedPolicy: 'CloudWatchAgentServerPolicy',
    },
    configuration: {
      tolerations: EVERY_NODE,
      agent: {
        // In place of the default, which measures accelerators and traces requests.
        config: {
          logs: {
            metrics_collected: {
              kubernetes: { enhanced_container_insights: true, accelerated_compute_metrics: false },
            },
          },
        },
        priorityClassName: NODE_CRITICAL,
        resources: CONTAINER_INSIGHTS_RESOURCES.agent,
      },
      containerLogs: { enabled: true, fluentBit: { resources: CONTAINER_INSIGHTS_RESOURCES.logs } },
      manager: {
        ...placement('application'), // its tolerations are its own: the chart's `[]` overrides those above
        resources: resourcesOf('amazon-cloudwatch-observability-controller-manager'),
        // Else it puts agents into the pods of every service that has a language it knows.
        applicationSignals: { autoMonitor: { monitorAllServices: false } },
      },
    },
  },
  'kube-state-metrics': { configuration: placement('monitoring') },
  'prometheus-node-exporter': { configuration: {} }, // a DaemonSet that tolerates every taint which keeps pods off
  // EKS repairs by itself a node whose kubelet is not ready; of its kernel, network, storage and container runtime this agent tells.
  // A DaemonSet that tolerates every taint and goes before other pods.
  'eks-node-monitoring-agent': { configuration: {} },
});

/** Requests and limits of a pod of a controller. */
const resourcesOf = (name: keyof typeof CONTROLLERS) => {
  const { requests, limits }: ClusterPod = CONTROLLERS[name];
  return { requests, ...(limits && { limits }) };
};
