import { Stack } from 'aws-cdk-lib';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import { CfnAddon, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CONTAINER_INSIGHTS_RESOURCES } from '../config/capacity';
import { placement } from '../config/node-placement';
import type { AddonName } from '../config/versions';
import { acknowledge, awsManagedPolicy } from './acknowledge';
import { pods } from './pod-identity';

/** How an EKS add-on is installed. */
export interface Addon {
  /** Its settings; their schema: `aws eks describe-addon-configuration`. */
  readonly configuration: object;
  /** The service account of it that calls AWS, and the AWS-managed policy that it needs for that. */
  readonly identity?: { readonly serviceAccount: string; readonly managedPolicy: string };
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
            roleArn: podIdentityRole(scopeOfOne, identity.managedPolicy).roleArn,
          },
        ],
      });
    }
  }
}

/** A role that pods assume through EKS Pod Identity, which tags its sessions. */
const podIdentityRole = (scope: Construct, managedPolicy: string) => {
  const role = new Role(scope, 'Role', {
    assumedBy: pods(),
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

/** What every node needs before it is ready: installed before the node groups. DaemonSets that tolerate every taint. */
export const nodeAddons = ({ region, podSubnets, podSecurityGroupId }: NodeAddonsProps) => ({
  'vpc-cni': {
    identity: { serviceAccount: 'aws-node', managedPolicy: 'AmazonEKS_CNI_Policy' },
    configuration: {
      // Pods live in subnets of their own (one ENIConfig per zone), and a network interface holds prefixes of 16 addresses.
      // What they send out of the VPC leaves with their node's address and by its routes, so that those on isolated nodes
      // stay isolated. The schema wants strings here, and a boolean only in eniConfig.
      env: {
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true',
        ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone',
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
/** Without it, the pods for which a node was added could take the place of its DaemonSets. */
const NODE_CRITICAL = 'system-node-critical';

export interface ClusterAddonsProps {
  readonly region: string;
  /** On the volumes that pods claim. */
  readonly volumeTags: Readonly<Record<string, string>>;
}

/** What runs on the nodes: installed after the node groups, on nodes whose taint it has to tolerate. */
export const clusterAddons = ({ region, volumeTags }: ClusterAddonsProps) => ({
  coredns: {
    configuration: { replicaCount: 3, ...placement('application'), ...spreadOverZones('k8s-app', 'kube-dns') },
  },
  'aws-ebs-csi-driver': {
    identity: { serviceAccount: 'ebs-csi-controller-sa', managedPolicy: 'service-role/AmazonEBSCSIDriverPolicy' },
    configuration: {
      controller: {
        ...placement('application'),
        ...spreadOverZones('app', 'ebs-csi-controller'),
        extraVolumeTags: volumeTags,
      },
      node: { tolerateAllTaints: true },
    },
  },
  'metrics-server': {
    configuration: {
      replicas: 2,
      ...placement('application'),
      ...spreadOverZones('app.kubernetes.io/name', 'metrics-server'),
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
    identity: { serviceAccount: 'cloudwatch-agent', managedPolicy: 'CloudWatchAgentServerPolicy' },
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
      // Else it puts agents into the pods of every service that has a language it knows.
      manager: { applicationSignals: { autoMonitor: { monitorAllServices: false } } },
    },
  },
  'kube-state-metrics': { configuration: placement('monitoring') },
  'prometheus-node-exporter': { configuration: {} }, // a DaemonSet that tolerates every taint which keeps pods off
});

/** A zone whose nodes are lost does not count, so its pods move to the others. */
const spreadOverZones = (label: string, value: string) => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
      labelSelector: { matchLabels: { [label]: value } },
    },
  ],
});
