import * as z from 'zod/mini';
import { NODE_GROUP_NAMES } from '../../model/names';
import { NODE_SIZES } from '../../model/instance-types';
import { block, count, flag, list, machineType, oneOf, retention, text, version, wholeNumber } from './fields';
import { each, group, type Config } from './group';

/** The AL2023 node image is 20 GiB: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html */
const volumeGiB = () => wholeNumber(20, 16384, 'choose 20 to 16384 GiB');

/** Root volume of a node. */
const rootVolume = z.discriminatedUnion(
  'type',
  [
    /** General purpose, with the baseline of 3000 IOPS. */
    group({ type: z.literal('gp3'), sizeGiB: volumeGiB() }),
    /** Provisioned IOPS, at most 1000 per GiB. */
    group({ type: z.literal('io2'), sizeGiB: volumeGiB(), iops: count() }),
  ],
  'choose gp3 or io2',
);
export type RootVolumeConfig = Config<typeof rootVolume>;

/** Names of machines like those of the Nitro system: m5.large, c6i.xlarge. Which there are, the table says. */
const NITRO_TYPE = /^(?:t3a?|[cmr][5-8][abdeinz]*(?:-flex)?|i3en|i4i|i7ie?)\.(?:medium|large|\d*xlarge)$/;

/** Nodes of a managed node group: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
export const MAX_NODES = 450;

/** The nodes of one role: equal machines, in a managed node group for each zone. */
export const nodeGroup = group({
  /** EC2 instance type, x86-64. */
  instanceType: machineType('write an x86-64 type of the Nitro system like m5.large', NITRO_TYPE, NODE_SIZES),
  /** Number of nodes that always run, spread over the zones; at least 1. */
  minSize: wholeNumber(1, MAX_NODES),
  /** Number of nodes that the autoscaler may reach, in all zones together. */
  maxSize: count(),
  /** Subnets: `private` reaches the internet through NAT, `data` reaches AWS endpoints only. */
  subnets: oneOf(['private', 'data']),
  /** Encrypted root volume. */
  rootVolume,
  /** Name of an EC2 key pair for SSH. @default - none; Session Manager needs no key */
  sshKeyName: z.optional(text('name an EC2 key pair, or leave it out', /^[\x20-\x7e]{1,255}$/)),
});
export type NodeGroupConfig = Config<typeof nodeGroup>;

/** The EKS cluster of an environment. */
export const cluster = group({
  /** Kubernetes minor version, a row of the table in versions.ts. */
  kubernetesVersion: version('1.36'),
  /**
   * Kubernetes minor version of nodes and add-ons while the control plane is one ahead of them, and can go back (docs/upgrade.md).
   * @default - that of the control plane
   */
  nodeVersion: z.optional(version('1.35')),
  /** The cluster was created earlier, so a version that EKS no longer creates is accepted. @default false */
  exists: z.optional(flag()),
  /** IPv4 block of Services, /12 to /24, outside of the VPC's blocks. Fixed at creation. */
  serviceCidr: block(),
  /** ARNs of the IAM roles that administer the cluster: at least one, for nobody else can get in. They must exist. */
  administratorRoleArns: list(
    text('write arn:aws:iam::ACCOUNT:role/NAME', /^arn:aws:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/),
  ),
  /**
   * Networks that may reach a public API endpoint beside the private one, never the whole internet.
   * Empty: private only, reached through Session Manager (docs/access.md).
   */
  publicEndpointCidrs: list(block('write your own networks, each /8 or smaller')),
  /** Days that API server, audit and other control plane logs are kept: 30 or more, a value that CloudWatch Logs takes. */
  controlPlaneLogRetentionDays: retention(30),
  /** The managed node groups, by role. */
  nodeGroups: each(NODE_GROUP_NAMES, nodeGroup),
});
export type ClusterConfig = Config<typeof cluster>;
