import { isCidr, prefixLength } from '../../model/cidr';
import { NODE_GROUP_NAMES, type EnvironmentConfig } from '../environment';
import { isKnown, NODE_SIZES } from '../../model/instance-types';
import { machine, zoneShare } from '../../model/machines';
import { unless } from './unless';

/** Addresses of a prefix, a /28, which a network interface of a node holds for pods. */
const ADDRESSES = 16;
/** WARM_PREFIX_TARGET of the VPC CNI (lib/constructs/addons.ts). */
const WARM = 1;
/**
 * Network interfaces of a node in the subnet of pods: the smallest machines need a second one. Each has an address of its own, and the
 * prefix in which that lies is lost to pods. https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
 */
const INTERFACES = 2;
/** AWS keeps the first four addresses and the last one of a subnet: of the first and the last prefix. */
const RESERVED = 2;
/** Nodes that an update of a managed node group adds: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html */
const SURGE = 2;

/** Prefixes of a subnet of pods, against those that the nodes of its zone take at their most. */
export const podPrefixes = ({
  network: { podCidrs, availabilityZones },
  cluster: { nodeGroups },
}: EnvironmentConfig) => {
  const groups = NODE_GROUP_NAMES.map((name) => ({ name, ...nodeGroups[name] }));
  if (!groups.every(({ instanceType, maxSize }) => isKnown(NODE_SIZES, instanceType) && Number.isInteger(maxSize)))
    return [];
  return availabilityZones.flatMap((zone, i) => {
    const cidr = podCidrs[i];
    if (cidr === undefined || !isCidr(cidr) || prefixLength(cidr) > 28) return [];
    const terms = groups
      .map(({ name, instanceType, maxSize }) => {
        const nodes = zoneShare(maxSize, availabilityZones.length, i);
        const { pods } = machine(instanceType);
        return { name, nodes: nodes && nodes + SURGE, each: Math.ceil(pods / ADDRESSES) + WARM + INTERFACES };
      })
      .filter(({ nodes }) => nodes > 0);
    const needed = terms.reduce((sum, { nodes, each }) => sum + nodes * each, 0);
    const has = 2 ** (28 - prefixLength(cidr)) - RESERVED;
    return unless(
      needed <= has,
      `network.podCidrs[${i}] is "${cidr}" with ${has} free prefixes of ${ADDRESSES} addresses, but the nodes of ${zone} need ${needed} ` +
        `at their maximum (${terms.map(({ name, nodes, each }) => `${name} ${nodes} × ${each}`).join(', ')}): ` +
        `choose ${needed + RESERVED <= 4096 ? `a /${28 - Math.ceil(Math.log2(needed + RESERVED))} or larger` : 'fewer nodes'}`,
    );
  });
};
