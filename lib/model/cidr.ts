import { IPv4 } from 'ipaddr.js';

/** An IPv4 network: its first and last address as numbers, and the length of its prefix. */
interface Network {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** Addresses of which none leaves its network: services of a machine for itself. */
export const LINK_LOCAL = '169.254.0.0/16';

/** Whether the text is an IPv4 network in canonical form: no bits set behind the prefix. */
export const isCidr = (text: string): boolean =>
  IPv4.isValidCIDRFourPartDecimal(text) && IPv4.networkAddressFromCIDR(text).toString() === text.split('/')[0];

/** Length of the prefix of a valid network: 16 for 10.0.0.0/16. */
export const prefixLength = (cidr: string): number => network(cidr).prefix;

/** Whether two valid networks share an address. */
export const overlap = (a: string, b: string): boolean =>
  network(a).first <= network(b).last && network(b).first <= network(a).last;

/** Whether the valid network `inner` lies wholly within `outer`. */
export const within = (inner: string, outer: string): boolean =>
  network(outer).first <= network(inner).first && network(inner).last <= network(outer).last;

/** The first address of a valid network after its own: 172.30.0.1 of 172.30.0.0/16, where Kubernetes has its API server. */
export const firstAddress = (cidr: string): string => {
  const { octets } = IPv4.networkAddressFromCIDR(cidr);
  return [...octets.slice(0, 3), octets[3]! + 1].join('.');
};

const network = (cidr: string): Network => ({
  first: toNumber(IPv4.networkAddressFromCIDR(cidr)),
  last: toNumber(IPv4.broadcastAddressFromCIDR(cidr)),
  prefix: IPv4.parseCIDR(cidr)[1],
});

const toNumber = (address: IPv4): number => address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
