import { Tags } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  KeyPair,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  SecurityGroup,
  SubnetType,
  type CfnLaunchTemplate,
  type EbsDeviceOptions,
} from 'aws-cdk-lib/aws-ec2';
import { Nodegroup, NodegroupAmiType, TaintEffect, type CfnNodegroup, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NodeGroupConfig, NodeGroupName } from '../config/environment';
import { zoneShare } from '../model/machines';
import { isDeployed, type DeployedNodeGroups } from '../config/derive/deployed-node-groups';
import { NODE_TYPE_LABEL, taint } from '../model/node-placement';

export interface NodeGroupProps {
  readonly cluster: Cluster;
  /** Role of the group: value of the label `node-type` and key of the taint. */
  readonly name: NodeGroupName;
  readonly config: NodeGroupConfig;
  /** Role of the machines. */
  readonly nodeRole: IRole;
  /** Kubernetes minor version. Without it, a group keeps the one that it was made with, and refuses images of another. */
  readonly version: string;
  /** Release of the Amazon Linux 2023 image. @default - the newest when the group is made */
  readonly nodeImage?: string | undefined;
  /** On instances and their volumes. Others replace every node. */
  readonly tags: Readonly<Record<string, string>>;
  /** Node groups that already exist. @default - none */
  readonly deployed?: DeployedNodeGroups | undefined;
}

const SUBNET_TYPES = { private: SubnetType.PRIVATE_WITH_EGRESS, data: SubnetType.PRIVATE_ISOLATED } as const;
const VOLUME_TYPES = { gp3: EbsDeviceVolumeType.GP3, io2: EbsDeviceVolumeType.IO2 } as const;

/**
 * A role of nodes: equal machines behind a launch template, labelled and tainted with their role, in a managed node group for each
 * zone. Cluster Autoscaler foretells what a new node would take; of a group over several zones it could not know in which it would
 * be, and a pod that has to be in one of them would wait for ever.
 */
export class NodeGroup extends Construct {
  constructor(scope: Construct, id: string, props: NodeGroupProps) {
    super(scope, id);
    const { cluster, name, config, nodeRole, nodeImage, version, tags, deployed } = props;
    const { rootVolume, sshKeyName } = config;

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: cluster.vpc,
      description: `Nodes of the group ${name}`,
    });
    const volume: EbsDeviceOptions = {
      volumeType: VOLUME_TYPES[rootVolume.type],
      encrypted: true,
      ...(rootVolume.type === 'io2' && { iops: rootVolume.iops }),
    };
    const launchTemplate = new LaunchTemplate(this, 'LaunchTemplate', {
      blockDevices: [{ deviceName: '/dev/xvda', volume: BlockDeviceVolume.ebs(rootVolume.sizeGiB, volume) }],
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1, // pods do not reach the machine's credentials
      securityGroup,
      keyPair: sshKeyName === undefined ? undefined : KeyPair.fromKeyPairName(this, 'SshKey', sshKeyName),
    });
    launchTemplate.addSecurityGroup(cluster.clusterSecurityGroup); // EKS adds it only to templates that name no group
    for (const [key, value] of Object.entries({ Name: `${cluster.clusterName}-${name}`, ...tags }))
      Tags.of(launchTemplate).add(key, value);
    (launchTemplate.node.defaultChild as CfnLaunchTemplate).tagSpecifications = undefined; // of the template itself

    const { availabilityZones: zones } = cluster.vpc;
    for (const [index, zone] of zones.entries()) {
      const [minSize, maxSize] = [config.minSize, config.maxSize].map((count) => zoneShare(count, zones.length, index));
      if (!maxSize) continue; // fewer nodes at most than zones
      const nodes = new Nodegroup(this, `Nodes-${zone}`, {
        cluster,
        amiType: NodegroupAmiType.AL2023_X86_64_STANDARD,
        releaseVersion: nodeImage,
        instanceTypes: [new InstanceType(config.instanceType)],
        launchTemplateSpec: { id: launchTemplate.launchTemplateId!, version: launchTemplate.latestVersionNumber },
        subnets: { subnetType: SUBNET_TYPES[config.subnets], availabilityZones: [zone] },
        minSize,
        desiredSize: minSize,
        maxSize,
        labels: { [NODE_TYPE_LABEL]: name },
        taints: [{ ...taint(name), effect: TaintEffect.NO_SCHEDULE }],
        nodeRole,
        forceUpdate: false, // an update that a disruption budget forbids fails instead of evicting
        enableNodeAutoRepair: true,
      });
      const resource = nodes.node.defaultChild as CfnNodegroup;
      resource.version = version;
      // EKS makes a group of all three sizes or of none. Of one that is there, CloudFormation sends DesiredSize with every change
      // of the others, and EKS then ends nodes down to it; where it is left out, they stay.
      if (isDeployed(deployed, name, config, zone)) resource.addPropertyDeletionOverride('ScalingConfig.DesiredSize');
    }
  }
}
