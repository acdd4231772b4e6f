import { Stack } from 'aws-cdk-lib';
import { BackupResource } from 'aws-cdk-lib/aws-backup';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { identifierOf, resourceTags } from '../config/derive/names';
import { NODE_GROUP_NAMES } from '../config/environment';
import { imageReference, upstreamImages } from '../model/images';
import { kubernetesRelease } from '../model/versions';
import { acknowledge, awsManagedPolicy } from '../constructs/acknowledge';
import { Addons, clusterAddons, nodeAddons } from '../constructs/addons';
import { applyManifests, applyTogether } from '../constructs/apply-manifests';
import { backUp, type Backups } from '../constructs/backup-selection';
import { ContainerLogs } from '../constructs/container-logs';
import { ControlPlane } from '../constructs/control-plane';
import { LoadBalancerController } from '../constructs/load-balancer-controller';
import { NodeGroup } from '../constructs/node-group';
import { PodIdentity } from '../constructs/pod-identity';
import { CLUSTER_AUTOSCALER, clusterAutoscaler } from '../kubernetes/cluster-autoscaler';
import type { Manifest } from '../kubernetes/manifest';
import { ssdStorage } from '../kubernetes/storage-class';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { NetworkStack } from './network-stack';

export interface ClusterStackProps extends EnvironmentStackProps<
  'name' | 'cluster' | 'tags' | 'deployed' | 'monitoring' | 'deletionProtection' | 'retainLogs'
> {
  readonly network: Pick<NetworkStack, 'vpc' | 'podSubnets'>;
  readonly backup: Backups | undefined;
}

/** Join the cluster, pull images, be reached through Session Manager. */
const NODE_POLICIES = [
  'AmazonEKSWorkerNodePolicy',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonSSMManagedInstanceCore',
];

/** Permissions of Cluster Autoscaler: look, and change the size of the groups that EKS has tagged as the cluster's. */
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
  /** Role of the controller that registers pods with load balancers. A stack with pods to register grants it that, in its target groups. */
  readonly loadBalancerControllerRole: IRole;
  /** Name of the function that applies manifests. */
  readonly manifestsFunction: string;

  constructor(scope: Construct, id: string, props: ClusterStackProps) {
    super(scope, id, props);
    const { deployed, tags, deletionProtection, retainLogs } = props.config;
    const config = props.config.cluster;
    const clusterName = identifierOf(props.config);
    const { vpc, podSubnets } = props.network;

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
      addons: clusterAddons({
        region: this.region,
        ebsDriverVersion: versions['aws-ebs-csi-driver'],
        volumeTags: resourceTags(tags),
      }),
    });
    afterNodes.node.addDependency(
      new ContainerLogs(this, 'ContainerLogs', {
        clusterName,
        retention: props.config.monitoring.containerLogRetentionDays,
      }),
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
    // Those that running nodes have: other tags would replace every node.
    const nodeTags = resourceTags({ environment: tags.environment, ...(deployed?.nodeTags ?? tags) });
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

    // With the volumes of its pods: https://docs.aws.amazon.com/aws-backup/latest/devguide/eks-backups.html
    if (props.backup) backUp(this, 'Backup', props.backup, [BackupResource.fromArn(cluster.clusterArn)]);

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
    const images = upstreamImages(config.kubernetesVersion);
    const image = imageReference(this, CLUSTER_AUTOSCALER.name, images[CLUSTER_AUTOSCALER.name]);
    const autoscaler = clusterAutoscaler({ clusterName, region: this.region, image });
    for (const manifest of applyManifests<Manifest>(cluster, autoscaler, [CLUSTER_AUTOSCALER.namespace]).values()) {
      manifest.node.addDependency(afterNodes, identity);
    }

    const controller = new LoadBalancerController(this, 'LoadBalancerController', {
      cluster,
      vpcId: vpc.vpcId,
      image: images['aws-load-balancer-controller'],
    });
    controller.chart.node.addDependency(afterNodes);
    this.loadBalancerControllerRole = controller.role;
  }
}
