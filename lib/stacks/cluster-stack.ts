import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { NODE_GROUP_NAMES, type ClusterConfig } from '../config/environment';
import { imageReference, upstreamImages } from '../config/images';
import type { DeployedNodeGroups } from '../config/node-groups';
import { kubernetesRelease } from '../config/versions';
import { acknowledge, awsManagedPolicy } from '../constructs/acknowledge';
import { Addons, clusterAddons, nodeAddons } from '../constructs/addons';
import { applyManifests, applyTogether } from '../constructs/apply-manifests';
import { ContainerLogs } from '../constructs/container-logs';
import { ControlPlane } from '../constructs/control-plane';
import { LoadBalancerController } from '../constructs/load-balancer-controller';
import { NodeGroup } from '../constructs/node-group';
import { PodIdentity } from '../constructs/pod-identity';
import { CLUSTER_AUTOSCALER, clusterAutoscaler } from '../kubernetes/cluster-autoscaler';
import type { Manifest } from '../kubernetes/manifest';
import { ssdStorage } from '../kubernetes/storage-class';

export interface ClusterStackProps extends StackProps {
  readonly config: ClusterConfig;
  readonly clusterName: string;
  readonly vpc: IVpc;
  /** Subnets of the pods, one per zone. */
  readonly podSubnets: readonly ISubnet[];
  /** On the volumes that pods claim. */
  readonly volumeTags: Readonly<Record<string, string>>;
  /** On the instances of nodes and their volumes. */
  readonly nodeTags: Readonly<Record<string, string>>;
  /** What there is already. @default - nothing */
  readonly deployed?: DeployedNodeGroups | undefined;
  readonly deletionProtection: boolean;
  /** Keep the control plane logs when the stack is deleted. */
  readonly retainLogs: boolean;
  /** Days that logs of containers are kept. */
  readonly containerLogRetentionDays: RetentionDays;
}

/** Join the cluster, pull images, be reached through Session Manager. */
const NODE_POLICIES = [
  'AmazonEKSWorkerNodePolicy',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonSSMManagedInstanceCore',
];

/** What Cluster Autoscaler may do: look, and change the size of the groups that EKS has tagged as the cluster's. */
const autoscalerStatements = (stack: Stack, clusterName: string): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: [
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeAutoScalingInstances',
      'autoscaling:DescribeLaunchConfigurations',
      'autoscaling:DescribeScalingActivities',
      'autoscaling:DescribeTags',
      'ec2:DescribeImages',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:GetInstanceTypesFromInstanceRequirements',
    ],
    resources: ['*'],
  }),
  new PolicyStatement({
    actions: ['eks:DescribeNodegroup'],
    resources: [stack.formatArn({ service: 'eks', resource: 'nodegroup', resourceName: `${clusterName}/*` })],
  }),
  new PolicyStatement({
    actions: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
    resources: ['*'],
    conditions: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: 'owned' } },
  }),
];

/** The EKS cluster with its nodes and add-ons. Knows nothing of what runs on it. */
export class ClusterStack extends Stack {
  readonly cluster: ICluster;
  /** Of what registers pods with load balancers. Whoever has pods to register lets it do so, in the target groups of theirs. */
  readonly loadBalancerControllerRole: IRole;
  /** Name of the function that applies manifests. */
  readonly manifestsFunction: string;

  constructor(scope: Construct, id: string, stackProps: ClusterStackProps) {
    const { config, clusterName, vpc, podSubnets, volumeTags, deletionProtection, retainLogs, ...others } = stackProps;
    const { containerLogRetentionDays, nodeTags, deployed, ...props } = others;
    super(scope, id, props);

    const { cluster } = new ControlPlane(this, 'ControlPlane', {
      vpc,
      clusterName,
      config,
      deletionProtection,
      retainLogs,
    });
    this.cluster = cluster;
    const provider = cluster.node.findChild('KubectlProvider'); // it hands out the function in front of it only
    this.manifestsFunction = (provider.node.findChild('Handler').node.defaultChild as CfnFunction).ref;

    const nodeVersion = config.nodeVersion ?? config.kubernetesVersion;
    const { addons: versions, nodeImage } = kubernetesRelease(nodeVersion);
    const beforeNodes = new Addons(this, 'NodeAddons', {
      cluster,
      versions,
      addons: nodeAddons({ region: this.region, podSubnets, podSecurityGroupId: cluster.clusterSecurityGroupId }),
    });
    const afterNodes = new Addons(this, 'ClusterAddons', {
      cluster,
      versions,
      addons: clusterAddons({ region: this.region, ebsDriverVersion: versions['aws-ebs-csi-driver'], volumeTags }),
    });
    afterNodes.node.addDependency(
      new ContainerLogs(this, 'ContainerLogs', { clusterName, retention: containerLogRetentionDays }),
    );

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
      const nodes = new NodeGroup(this, `Nodes-${name}`, {
        cluster,
        name,
        nodeRole,
        version: nodeVersion,
        nodeImage,
        tags: nodeTags,
        deployed,
        config: config.nodeGroups[name],
      });
      nodes.node.addDependency(beforeNodes); // without network and identity, nodes never get ready
      afterNodes.node.addDependency(nodes); // without nodes, their pods never run
    }

    applyTogether(cluster, 'SsdStorage', [ssdStorage()]).node.addDependency(afterNodes);

    const identity = new PodIdentity(this, 'Autoscaler', {
      cluster,
      namespace: CLUSTER_AUTOSCALER.namespace,
      serviceAccount: CLUSTER_AUTOSCALER.name,
    });
    autoscalerStatements(this, clusterName).forEach((statement) => identity.role.addToPolicy(statement));
    acknowledge(
      identity,
      'What describes groups and machines names none; what changes a group is bound to tags of the cluster',
      [
        'AwsSolutions-IAM5[Resource::*]',
        `AwsSolutions-IAM5[Resource::arn:aws:eks:${this.region}:${this.account}:nodegroup/${clusterName}/*]`,
      ],
    );
    const image = imageReference(
      this,
      'cluster-autoscaler',
      upstreamImages(config.kubernetesVersion)['cluster-autoscaler'].tag,
    );
    const autoscaler = clusterAutoscaler({ clusterName, region: this.region, image });
    for (const manifest of applyManifests<Manifest>(cluster, autoscaler, ['kube-system']).values()) {
      manifest.node.addDependency(afterNodes, identity);
    }

    const controller = new LoadBalancerController(this, 'LoadBalancerController', { cluster, vpcId: vpc.vpcId });
    controller.chart.node.addDependency(afterNodes);
    this.loadBalancerControllerRole = controller.role;
  }
}
