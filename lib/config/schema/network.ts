import * as z from 'zod/mini';
import { block, count, list, retention, text, zone } from './fields';
import { group, type Config } from './group';

/** The VPC of an environment. */
export const network = group({
  /** Primary IPv4 block, /16 to /18: public, private and data subnets of every zone, with room for four zones. */
  vpcCidr: block(),
  /**
   * Additional IPv4 blocks for pods, /16 to /24, at most four (a VPC holds five blocks), private or of 100.64.0.0/10. The n-th block is the pod subnet
   * of the n-th zone; further blocks stay spare.
   */
  podCidrs: list(block()),
  /** Full zone names, three or four, of the home region. A fourth can come later, behind the others (docs/addresses.md). */
  availabilityZones: list(zone()),
  /**
   * Their ids, in the same order, e.g. `use1-az1`, because accounts can name a zone differently. Required where a zone of the region lacks
   * a service (lib/model/availability-zones.ts). @default - every zone of the region has every service
   */
  availabilityZoneIds: z.optional(list(text('write an id like use1-az1', /^[a-z]{3,4}\d-az\d$/))),
  /** NAT gateways, 1 to the number of zones: one is cheap, one per zone survives the loss of any. */
  natGateways: count(),
  /**
   * Zones that have network interfaces of the AWS service endpoints, 1 to the number of zones. Each of the services costs by
   * interface and hour; the other zones reach them across zones.
   */
  endpointZones: count(),
  /** Days that flow logs are kept; a value that CloudWatch Logs takes. */
  flowLogRetentionDays: retention(),
});
export type NetworkConfig = Config<typeof network>;
