import { isCidr, overlap, prefixLength } from '../../model/cidr';
import { NODE_GROUP_NAMES, type EnvironmentConfig, type NodeGroupConfig, type RootVolumeConfig } from '../environment';
import { zoneShare } from '../../model/machines';
import { isDeployed } from '../derive/deployed-node-groups';
import { MAX_NODES } from '../schema/cluster';
import { KUBERNETES_RELEASES } from '../../model/versions';
import { unless, wholeNumber } from './unless';

/** The version: one of the table, and one that EKS still creates. */
export const kubernetesVersion = ({ cluster: { kubernetesVersion: version, exists = false } }: EnvironmentConfig) => {
  const release = Object.hasOwn(KUBERNETES_RELEASES, version) ? KUBERNETES_RELEASES[version] : undefined;
  const creatable = Object.keys(KUBERNETES_RELEASES).filter((key) => KUBERNETES_RELEASES[key]?.support !== 'ended');
  if (!release)
    return [
      `cluster.kubernetesVersion is "${version}": choose ${creatable.join(' or ')}, or add a row with its kubectl layer and ` +
        'add-on versions to lib/model/versions.ts',
    ];
  return unless(
    release.support !== 'ended' || exists,
    `cluster.kubernetesVersion is "${version}", but EKS has refused to create such clusters since ${release.extendedSupportEnds}, the end of ` +
      `its extended support: choose ${creatable.join(' or ')}, or set cluster.exists to true if the cluster already exists`,
  );
};

const minor = (version: string) => Number(version.split('.')[1]);

/** The version of nodes and add-ons: the control plane's, or the one before it while an upgrade may be taken back. */
export const nodeVersion = ({ deployed, network, cluster }: EnvironmentConfig) => {
  const { nodeVersion: version, nodeGroups } = cluster;
  if (version === undefined || version === cluster.kubernetesVersion) return [];
  const before = `1.${minor(cluster.kubernetesVersion) - 1}`;
  if (version !== before || !Object.hasOwn(KUBERNETES_RELEASES, before))
    return [
      `cluster.nodeVersion is "${version}": leave it out, or write "${before}" if lib/model/versions.ts has a row for it. ` +
        `Nodes may be at most one minor version behind their control plane`,
    ];
  const { availabilityZones: zones } = network;
  const made = NODE_GROUP_NAMES.filter((name) =>
    zones.some(
      (zone, index) =>
        zoneShare(nodeGroups[name].maxSize, zones.length, index) > 0 &&
        !isDeployed(deployed, name, nodeGroups[name], zone),
    ),
  );
  return unless(
    made.length === 0,
    `cluster.nodeVersion is "${version}", but new node groups (${made.join(', ')}) get the version of the control plane: ` +
      'leave it out, or fill in deployed and add node groups after the nodes are upgraded',
  );
};

/** The roles of the administrators: at least one, of the own account, each once. */
export const administrators = ({ account, cluster: { administratorRoleArns } }: EnvironmentConfig) => {
  const names = administratorRoleArns.map((arn) => arn.split('/').at(-1));
  return [
    ...unless(
      administratorRoleArns.length > 0,
      'cluster.administratorRoleArns is empty: add the IAM role of the people who administer the cluster',
    ),
    ...unless(
      new Set(names).size === names.length,
      `cluster.administratorRoleArns repeats a role (${names.join(', ')}): name each once, because EKS has one access entry per role`,
    ),
    ...administratorRoleArns
      .filter((arn) => arn.split(':')[4] !== account)
      .map((arn) => `cluster.administratorRoleArns has "${arn}": write arn:aws:iam::${account}:role/NAME`),
  ];
};

/** Networks whose addresses EKS refuses: https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html */
const RESERVED_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
];
/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const MAX_PUBLIC_CIDRS = 40;

/** The networks that may reach a public API endpoint: of the internet, and not the internet. */
export const publicEndpoint = (cidrs: readonly string[]) => [
  ...unless(
    cidrs.length <= MAX_PUBLIC_CIDRS,
    `cluster.publicEndpointCidrs has ${cidrs.length} networks: choose ${MAX_PUBLIC_CIDRS} or fewer, the maximum of EKS`,
  ),
  ...unless(
    new Set(cidrs).size === cidrs.length,
    `cluster.publicEndpointCidrs repeats a network (${cidrs.join(', ')}): name each once`,
  ),
  ...cidrs.filter(isCidr).flatMap((cidr) => {
    if (prefixLength(cidr) < 8)
      return [`cluster.publicEndpointCidrs has "${cidr}": write your own networks, each /8 or smaller`];
    const reserved = RESERVED_NETWORKS.find((network) => overlap(cidr, network));
    return reserved === undefined
      ? []
      : [`cluster.publicEndpointCidrs has "${cidr}", which is within ${reserved}: write public addresses`];
  }),
];

/** One node group: its sizes and its disk. */
export const nodeGroup = (field: string, { minSize, maxSize, rootVolume }: NodeGroupConfig) => [
  ...wholeNumber(`${field}.maxSize`, maxSize, [minSize, MAX_NODES], `choose ${minSize} (minSize) to ${MAX_NODES}`),
  ...(rootVolume.type === 'io2' ? iops(`${field}.rootVolume.iops`, rootVolume) : []),
];

const iops = (field: string, { sizeGiB, iops: value }: Extract<RootVolumeConfig, { type: 'io2' }>) => {
  const most = Math.min(64000, 1000 * sizeGiB);
  return wholeNumber(field, value, [100, most], `choose 100 to ${most} for this size`);
};
