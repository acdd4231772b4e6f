import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { isCidr, overlap, prefixLength, within } from './cidr';
import type { EnvironmentConfig, NodeGroupConfig, ServiceConfig } from './environment';
import { KUBERNETES_RELEASES } from './versions';

/** One rule that types cannot express: it names the field, the value and the way out of each problem that it finds. */
type Rule = (config: EnvironmentConfig) => readonly string[];

/**
 * Every problem of a configuration, in the order of its fields; empty when it can be deployed.
 *
 * Each reads `prod: network.natGateways is 4: choose 1 to 3, one per zone at most`.
 */
export const problems = (config: EnvironmentConfig): readonly string[] =>
  RULES.flatMap((rule) => rule(config)).map((problem) => `${config.name}: ${problem}`);

/** Rules in which the network has to be right come last: they presuppose well-formed blocks. */
const RULES: readonly Rule[] = [
  ({ account }) => unless(/^\d{12}$/.test(account), `account is "${account}": an AWS account has 12 digits`),
  ({ region, recoveryRegion }) =>
    unless(region !== recoveryRegion, `recoveryRegion is "${recoveryRegion}", the home region: choose another one`),
  (config) => zones(config),
  ({ network: { natGateways, availabilityZones } }) =>
    unless(
      Number.isInteger(natGateways) && natGateways >= 1 && natGateways <= availabilityZones.length,
      `network.natGateways is ${natGateways}: choose 1 to ${availabilityZones.length}, one per zone at most`,
    ),
  ({ network }) => retention('network.flowLogRetentionDays', network.flowLogRetentionDays, 1),
  ({ cluster }) => retention('cluster.controlPlaneLogRetentionDays', cluster.controlPlaneLogRetentionDays, 30),
  (config) => kubernetesVersion(config),
  (config) => administrators(config),
  ({ cluster }) =>
    Object.entries(cluster.nodeGroups).flatMap(([name, group]) => nodeGroup(`cluster.nodeGroups.${name}`, group)),
  ({ services }) => Object.entries(services).flatMap(([name, service]) => serviceProblems(`services.${name}`, service)),
  (config) => networks(config),
];

const unless = (holds: boolean, problem: string): readonly string[] => (holds ? [] : [problem]);

const zones = ({ region, network: { availabilityZones } }: EnvironmentConfig) => [
  ...unless(
    availabilityZones.length >= 3,
    `network.availabilityZones has ${availabilityZones.length}: the cluster spreads over three zones, name at least 3`,
  ),
  ...unless(
    new Set(availabilityZones).size === availabilityZones.length,
    `network.availabilityZones repeats a zone (${availabilityZones.join(', ')}): name each once`,
  ),
  ...availabilityZones
    .filter((zone) => zone.slice(0, -1) !== region || !/[a-z]$/.test(zone))
    .map((zone) => `network.availabilityZones has "${zone}": a zone of ${region} is named like ${region}a`),
];

const retention = (field: string, days: number, least: number) => {
  const allowed = Object.values(RetentionDays).filter(
    (value) => typeof value === 'number' && value >= least && value < 9999,
  );
  return unless(allowed.includes(days), `${field} is ${days}: CloudWatch Logs takes one of ${allowed.join(', ')}`);
};

const kubernetesVersion = ({ cluster: { kubernetesVersion: version, exists = false } }: EnvironmentConfig) => {
  const release = KUBERNETES_RELEASES[version];
  const creatable = Object.keys(KUBERNETES_RELEASES).filter((key) => KUBERNETES_RELEASES[key]?.creatable);
  if (!release)
    return [
      `cluster.kubernetesVersion is "${version}": choose ${creatable.join(' or ')}, or add a row with its kubectl layer and ` +
        'add-on versions to lib/config/versions.ts',
    ];
  return unless(
    release.creatable || exists,
    `cluster.kubernetesVersion is "${version}": EKS creates no such cluster since ${release.extendedSupportEnds}, the end of ` +
      `its extended support. Choose ${creatable.join(' or ')}, or set cluster.exists to true if the cluster is there already`,
  );
};

const administrators = ({ account, cluster: { administratorRoleArns, publicEndpointCidrs } }: EnvironmentConfig) => [
  ...unless(
    administratorRoleArns.length > 0,
    'cluster.administratorRoleArns is empty: name the IAM role of the people who may administer the cluster',
  ),
  ...unless(
    new Set(administratorRoleArns).size === administratorRoleArns.length,
    `cluster.administratorRoleArns repeats a role (${administratorRoleArns.join(', ')}): EKS takes one access entry per role`,
  ),
  ...administratorRoleArns
    .filter((arn) => !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn) || arn.split(':')[4] !== account)
    .map((arn) => `cluster.administratorRoleArns has "${arn}": write arn:aws:iam::${account}:role/NAME`),
  ...publicEndpointCidrs
    .filter((cidr) => !isCidr(cidr) || prefixLength(cidr) < 8)
    .map((cidr) => `cluster.publicEndpointCidrs has "${cidr}": write the networks of your people, each /8 or smaller`),
];

const nodeGroup = (field: string, { minSize, maxSize, rootVolume, instanceType }: NodeGroupConfig) => [
  ...unless(
    /^[a-z][a-z0-9-]*\.[a-z0-9]+$/.test(instanceType),
    `${field}.instanceType is "${instanceType}": write an EC2 type like m5.large`,
  ),
  ...unless(Number.isInteger(minSize) && minSize >= 1, `${field}.minSize is ${minSize}: choose 1 or more`),
  ...unless(
    Number.isInteger(maxSize) && maxSize >= minSize,
    `${field}.maxSize is ${maxSize}, below minSize ${minSize}: choose ${minSize} or more`,
  ),
  // The AL2023 node image is 20 GiB: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
  ...unless(
    Number.isInteger(rootVolume.sizeGiB) && rootVolume.sizeGiB >= 20 && rootVolume.sizeGiB <= 16384,
    `${field}.rootVolume.sizeGiB is ${rootVolume.sizeGiB}: choose 20 to 16384 GiB`,
  ),
  ...(rootVolume.type === 'io2'
    ? unless(
        rootVolume.iops >= 100 && rootVolume.iops <= Math.min(64000, 1000 * rootVolume.sizeGiB),
        `${field}.rootVolume.iops is ${rootVolume.iops}: choose 100 to ${Math.min(64000, 1000 * rootVolume.sizeGiB)} for this size`,
      )
    : []),
];

const serviceProblems = (field: string, { imageTag, replicas, resources: { requests, limits } }: ServiceConfig) => [
  ...unless(
    /^[\w][\w.-]{0,127}$/.test(imageTag) && imageTag !== 'latest',
    `${field}.imageTag is "${imageTag}": name a released version, e.g. 1.0.0`,
  ),
  ...unless(Number.isInteger(replicas) && replicas >= 1, `${field}.replicas is ${replicas}: choose 1 or more`),
  ...[
    { resource: 'cpu', quantity: millicores, example: '100m', request: requests.cpu, limit: limits.cpu },
    { resource: 'memory', quantity: bytes, example: '256Mi', request: requests.memory, limit: limits.memory },
  ].flatMap(({ resource, quantity, example, request, limit }) => {
    const malformed = Object.entries({ requests: request, limits: limit })
      .filter(([, value]) => quantity(value) === undefined)
      .map(([kind, value]) => `${field}.resources.${kind}.${resource} is "${value}": write a quantity like ${example}`);
    if (malformed.length > 0) return malformed;
    return unless(
      (quantity(request) ?? 0) <= (quantity(limit) ?? 0),
      `${field}.resources.limits.${resource} is "${limit}", below the request of ${request}: raise it`,
    );
  }),
];

/** Millicores of a CPU quantity, or undefined if it is none. */
const millicores = (quantity: string): number | undefined => {
  const [, number, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : Number(number) * (milli ? 1 : 1000);
};

/** Bytes of a memory quantity, or undefined if it is none. */
const bytes = (quantity: string): number | undefined => {
  const [, number, unit] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : Number(number) * 1024 ** (['Ki', 'Mi', 'Gi', 'Ti'].indexOf(unit ?? '') + 1);
};

/** RFC 1918: the only addresses that VPC, pods and Services may use here. */
const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const networks = ({
  network: { vpcCidr, podCidrs, availabilityZones },
  cluster: { serviceCidr },
}: EnvironmentConfig) => {
  const blocks = [
    { field: 'network.vpcCidr', cidr: vpcCidr, largest: 16, smallest: 18 },
    ...podCidrs.map((cidr, i) => ({ field: `network.podCidrs[${i}]`, cidr, largest: 16, smallest: 24 })),
    { field: 'cluster.serviceCidr', cidr: serviceCidr, largest: 12, smallest: 24 },
  ];
  const malformed = blocks.filter(({ cidr }) => !isCidr(cidr));
  return [
    ...unless(
      podCidrs.length >= availabilityZones.length && podCidrs.length <= 4,
      `network.podCidrs has ${podCidrs.length} blocks: name one per zone (${availabilityZones.length}) and at most 4`,
    ),
    ...malformed.map(({ field, cidr }) => `${field} is "${cidr}": write an IPv4 network like 10.0.0.0/16`),
    ...(malformed.length > 0 ? [] : blocks.flatMap((block, i) => misplaced(block, blocks.slice(0, i)))),
    ...(malformed.length > 0 ? [] : foreign(vpcCidr, podCidrs)),
  ];
};

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions */
const foreign = (vpcCidr: string, podCidrs: readonly string[]) => {
  const home = PRIVATE_NETWORKS.find((network) => within(vpcCidr, network));
  return podCidrs
    .map((cidr, i) => ({ cidr, field: `network.podCidrs[${i}]` }))
    .filter(({ cidr }) => home && !within(cidr, home) && PRIVATE_NETWORKS.some((network) => within(cidr, network)))
    .map(
      ({ cidr, field }) => `${field} is "${cidr}": AWS joins it to no VPC in ${home}, choose a block within ${home}`,
    );
};

interface Block {
  readonly field: string;
  readonly cidr: string;
  readonly largest: number;
  readonly smallest: number;
}

const misplaced = ({ field, cidr, largest, smallest }: Block, earlier: readonly Block[]) => [
  ...unless(
    prefixLength(cidr) >= largest && prefixLength(cidr) <= smallest,
    `${field} is "${cidr}": choose a block from /${largest} to /${smallest}`,
  ),
  ...unless(
    PRIVATE_NETWORKS.some((network) => within(cidr, network)),
    `${field} is "${cidr}": choose a private block, within ${PRIVATE_NETWORKS.join(', ')}`,
  ),
  ...earlier
    .filter((other) => overlap(cidr, other.cidr))
    .map((other) => `${field} is "${cidr}" and overlaps ${other.field} "${other.cidr}": choose a block outside of it`),
];
