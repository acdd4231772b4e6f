import { isCidr, overlap, prefixLength, within } from '../cidr';
import type { EnvironmentConfig } from '../environment';
import { FIRST_ZONES, MOST_ZONES, PRIVATE_PREFIX } from '../subnets';
import { unless, wholeNumber } from './unless';

/** A count of things of which each zone can have one. */
export const perZone = (field: string, count: number, availabilityZones: readonly string[]) =>
  wholeNumber(
    field,
    count,
    [1, availabilityZones.length],
    `choose 1 to ${availabilityZones.length}, one per zone at most`,
  );

/** The zones: three or four, of the home region, each once. */
export const zones = ({ region, network: { availabilityZones } }: EnvironmentConfig) => [
  ...unless(
    availabilityZones.length >= FIRST_ZONES && availabilityZones.length <= MOST_ZONES,
    `network.availabilityZones has ${availabilityZones.length}: the cluster spreads over three zones, name ${FIRST_ZONES} or ${MOST_ZONES}`,
  ),
  ...unless(
    new Set(availabilityZones).size === availabilityZones.length,
    `network.availabilityZones repeats a zone (${availabilityZones.join(', ')}): name each once`,
  ),
  ...availabilityZones
    .filter((zone) => zone.slice(0, -1) !== region || !/[a-z]$/.test(zone))
    .map((zone) => `network.availabilityZones has "${zone}": a zone of ${region} is named like ${region}a`),
];

/** RFC 1918: the only addresses that VPC, pods and Services may use here. */
const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** The blocks of VPC, pods and Services: private, large enough, apart from each other. A malformed one is a problem of its own. */
export const networks = ({
  network: { vpcCidr, podCidrs, availabilityZones },
  cluster: { serviceCidr },
}: EnvironmentConfig) => {
  if (![vpcCidr, ...podCidrs, serviceCidr].every(isCidr)) return [];
  const sizes = Object.keys(PRIVATE_PREFIX).map(Number);
  const blocks = [
    { field: 'network.vpcCidr', cidr: vpcCidr, largest: Math.min(...sizes), smallest: Math.max(...sizes) },
    ...podCidrs.map((cidr, i) => ({ field: `network.podCidrs[${i}]`, cidr, largest: 16, smallest: 24 })),
    { field: 'cluster.serviceCidr', cidr: serviceCidr, largest: 12, smallest: 24 },
  ];
  return [
    ...unless(
      podCidrs.length >= availabilityZones.length && podCidrs.length <= MOST_ZONES,
      `network.podCidrs has ${podCidrs.length} blocks: name one per zone (${availabilityZones.length}) and at most ${MOST_ZONES}`,
    ),
    ...blocks.flatMap((block, i) => misplaced(block, blocks.slice(0, i))),
    ...foreign(vpcCidr, podCidrs),
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
