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
  type EbsDeviceOptions,
} from 'aws-cdk-lib/aws-ec2';
import { Nodegroup, NodegroupAmiType, TaintEffect, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { NodeGroupConfig, NodeGroupName } from '../config/environment';
import { NODE_TYPE_LABEL, taint } from '../config/node-placement';

export interface NodeGroupProps {
  readonly cluster: Cluster;
  /** Role of the group: value of the label `node-type` and key of the taint. */
  readonly name: NodeGroupName;
  readonly config: NodeGroupConfig;
  /** Role of the machines. */
  readonly nodeRole: IRole;
  /** Release of the Amazon Linux 2023 image. @default - the newest when the group is made */
  readonly nodeImage?: string | undefined;
}

const SUBNET_TYPES = { private: SubnetType.PRIVATE_WITH_EGRESS, data: SubnetType.PRIVATE_ISOLATED } as const;
const VOLUME_TYPES = { gp3: EbsDeviceVolumeType.GP3, io2: EbsDeviceVolumeType.IO2 } as const;

/** Share of a number in one of some zones: 5 in 3 zones are 2, 2 and 1. */
const share = (count: number, zones: number, index: number): number => Math.floor((count + zones - 1 - index) / zones);

/**
 * A role of nodes: equal machines behind a launch template, labelled and tainted with their role, in a managed node group for each
 * zone. Cluster Autoscaler foretells what a new node would take; of a group over several zones it could not know in which it would
 * be, and a pod that has to be in one of them would wait for ever.
 */
export class NodeGroup extends Construct {
  constructor(scope: Construct, id: string, { cluster, name, config, nodeRole, nodeImage }: NodeGroupProps) {
    super(scope, id);
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
    Tags.of(launchTemplate).add('Name', `${cluster.clusterName}-${name}`);

    const { availabilityZones: zones } = cluster.vpc;
    for (const [index, zone] of zones.entries()) {
      const [minSize, maxSize] = [config.minSize, config.maxSize].map((count) => share(count, zones.length, index));
      if (!maxSize) continue; // fewer nodes at most than zones
      new Nodegroup(this, `Nodes-${zone}`, {
        cluster,
        amiType: NodegroupAmiType.AL2023_X86_64_STANDARD,
        releaseVersion: nodeImage,
        instanceTypes: [new InstanceType(config.instanceType)],
        launchTemplateSpec: { id: launchTemplate.launchTemplateId!, version: launchTemplate.latestVersionNumber },
        subnets: { subnetType: SUBNET_TYPES[config.subnets], availabilityZones: [zone] },
        minSize,
        desiredSize: minSize, // EKS wants all three sizes or none; a change of one sets the live count back to it
        maxSize,
        labels: { [NODE_TYPE_LABEL]: name },
        taints: [{ ...taint(name), effect: TaintEffect.NO_SCHEDULE }],
        nodeRole,
        forceUpdate: false, // an update that a disruption budget forbids fails instead of evicting
        enableNodeAutoRepair: true,
      });
    }
  }
}
