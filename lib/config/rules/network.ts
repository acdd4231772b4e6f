import { isCidr, overlap, prefixLength, within } from '../../model/cidr';
import type { EnvironmentConfig } from '../environment';
import { MAX_ZONES, PRIVATE_PREFIX } from '../../model/subnets';
import { listed } from '../schema/group';
import { unless } from './unless';

/** RFC 1918: the addresses that the VPC and Services may use here, and pods where the VPC has some of the same network. */
const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * RFC 6598: for pods, of which networks outside of the VPC know nothing
 * (https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html).
 */
const SHARED_NETWORK = '100.64.0.0/10';

/** The blocks of VPC, pods and Services: private, large enough, apart from each other. A malformed one is a problem of its own. */
export const networks = ({
  network: { vpcCidr, podCidrs, availabilityZones },
  cluster: { serviceCidr },
}: EnvironmentConfig) => {
  if (![vpcCidr, ...podCidrs, serviceCidr].every(isCidr)) return [];
  const sizes = Object.keys(PRIVATE_PREFIX).map(Number);
  const blocks = [
    {
      field: 'network.vpcCidr',
      cidr: vpcCidr,
      largest: Math.min(...sizes),
      smallest: Math.max(...sizes),
      of: PRIVATE_NETWORKS,
    },
    ...podCidrs.map((cidr, i) => ({
      field: `network.podCidrs[${i}]`,
      cidr,
      largest: 16,
      smallest: 24,
      of: [...PRIVATE_NETWORKS, SHARED_NETWORK],
    })),
    { field: 'cluster.serviceCidr', cidr: serviceCidr, largest: 12, smallest: 24, of: PRIVATE_NETWORKS },
  ];
  return [
    ...unless(
      podCidrs.length >= availabilityZones.length && podCidrs.length <= MAX_ZONES,
      `network.podCidrs has ${podCidrs.length} blocks: name one per zone (${availabilityZones.length}) and at most ${MAX_ZONES}`,
    ),
    ...blocks.flatMap((block, i) => misplaced(block, blocks.slice(0, i))),
    ...foreign(vpcCidr, podCidrs),
  ];
};

/**
 * Blocks that AWS does not add to a VPC that has a block of a network:
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
 *
 * Everything public and 100.64.0.0/10 may be joined to all of them. Of 198.19.0.0/16, which may be joined to none, no block is private.
 */
const RESTRICTED: readonly { readonly has: string; readonly takes: readonly string[]; readonly of: string }[] = [
  { has: '10.0.0.0/8', takes: ['172.16.0.0/12', '192.168.0.0/16'], of: '10.0.0.0/8 or 100.64.0.0/10' },
  { has: '10.0.0.0/15', takes: ['10.0.0.0/16'], of: 'another part of 10.0.0.0/8 or of 100.64.0.0/10' },
  { has: '172.16.0.0/12', takes: ['10.0.0.0/8', '192.168.0.0/16'], of: '172.16.0.0/12 or 100.64.0.0/10' },
  { has: '172.16.0.0/12', takes: ['172.31.0.0/16'], of: 'another part of 172.16.0.0/12 or of 100.64.0.0/10' },
  { has: '192.168.0.0/16', takes: ['10.0.0.0/8', '172.16.0.0/12'], of: '192.168.0.0/16 or 100.64.0.0/10' },
];

/** The blocks of pods join the VPC one after another: each has to go with those that are there. */
const foreign = (vpcCidr: string, podCidrs: readonly string[]) =>
  podCidrs.flatMap((cidr, i) => {
    const there = [vpcCidr, ...podCidrs.slice(0, i)];
    return RESTRICTED.filter(
      ({ has, takes }) => there.some((block) => within(block, has)) && takes.some((network) => within(cidr, network)),
    )
      .slice(0, 1)
      .map(
        ({ has, of }) =>
          `network.podCidrs[${i}] is "${cidr}", which AWS does not add to a VPC that has a block of ${has}: choose a block within ${of}`,
      );
  });

interface Block {
  readonly field: string;
  readonly cidr: string;
  readonly largest: number;
  readonly smallest: number;
  /** Networks of which it may be a part. */
  readonly of: readonly string[];
}

const misplaced = ({ field, cidr, largest, smallest, of }: Block, earlier: readonly Block[]) => [
  ...unless(
    prefixLength(cidr) >= largest && prefixLength(cidr) <= smallest,
    `${field} is "${cidr}": choose a block from /${largest} to /${smallest}`,
  ),
  ...unless(
    of.some((network) => within(cidr, network)),
    `${field} is "${cidr}": choose a private block within ${listed(of, 'or')}`,
  ),
  ...earlier
    .filter((other) => overlap(cidr, other.cidr))
    .map(
      (other) => `${field} is "${cidr}", which overlaps ${other.field} "${other.cidr}": choose a block outside of it`,
    ),
];
