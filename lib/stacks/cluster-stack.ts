import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { NODE_GROUP_NAMES, type ClusterConfig } from '../config/environment';
import { kubernetesRelease } from '../config/versions';
import { acknowledge, awsManagedPolicy } from '../constructs/acknowledge';
import { Addons, clusterAddons, nodeAddons } from '../constructs/addons';
import { ControlPlane } from '../constructs/control-plane';
import { NodeGroup } from '../constructs/node-group';
import { ssdStorage } from '../kubernetes/storage-class';

export interface ClusterStackProps extends StackProps {
  readonly config: ClusterConfig;
  readonly clusterName: string;
  readonly vpc: IVpc;
  /** Subnets of the pods, one per zone. */
  readonly podSubnets: readonly ISubnet[];
  /** On the volumes that pods claim. */
  readonly volumeTags: Readonly<Record<string, string>>;
  readonly deletionProtection: boolean;
  /** Keep the control plane logs when the stack is deleted. */
  readonly retainLogs: boolean;
}

/** Join the cluster, pull images, be reached through Session Manager. */
const NODE_POLICIES = [
  'AmazonEKSWorkerNodePolicy',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonSSMManagedInstanceCore',
];

/** The EKS cluster with its nodes and add-ons. Knows nothing of what runs on it. */
export class ClusterStack extends Stack {
  readonly cluster: ICluster;

  constructor(scope: Construct, id: string, stackProps: ClusterStackProps) {
    const { config, clusterName, vpc, podSubnets, volumeTags, deletionProtection, retainLogs, ...props } = stackProps;
    super(scope, id, props);

    const { cluster } = new ControlPlane(this, 'ControlPlane', {
      vpc,
      clusterName,
      config,
      deletionProtection,
      retainLogs,
    });
    this.cluster = cluster;

    const { addons: versions, nodeImage } = kubernetesRelease(config.kubernetesVersion);
    const beforeNodes = new Addons(this, 'NodeAddons', {
      cluster,
      versions,
      addons: nodeAddons({ region: this.region, podSubnets, podSecurityGroupId: cluster.clusterSecurityGroupId }),
    });
    const afterNodes = new Addons(this, 'ClusterAddons', {
      cluster,
      versions,
      addons: clusterAddons({ region: this.region, volumeTags }),
    });

    const nodeRole = new Role(this, 'NodeRole', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: NODE_POLICIES.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    acknowledge(
      nodeRole,
      'What EKS requires of a node, kept in step by AWS; pods do not reach it',
      NODE_POLICIES.map(awsManagedPolicy),
    );
    for (const name of NODE_GROUP_NAMES) {
      const { nodegroup } = new NodeGroup(this, `Nodes-${name}`, {
        cluster,
        name,
        nodeRole,
        nodeImage,
        config: config.nodeGroups[name],
      });
      nodegroup.node.addDependency(beforeNodes); // without network and identity, nodes never get ready
      afterNodes.node.addDependency(nodegroup); // without nodes, their pods never run
    }

    cluster.addManifest('SsdStorage', ssdStorage()).node.addDependency(afterNodes);
  }
}
