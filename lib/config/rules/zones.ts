import type { EnvironmentConfig } from '../environment';
import { FIRST_ZONES, MOST_ZONES } from '../subnets';
import { unless, wholeNumber } from './unless';

/** A count of things of which each zone can have one. */
export const perZone = (field: string, count: number, availabilityZones: readonly string[]) =>
  wholeNumber(
    field,
    count,
    [1, availabilityZones.length],
    `choose 1 to ${availabilityZones.length}, one per zone at most`,
  );

/**
 * Ids of the zones in which EKS makes no control plane (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html), by region.
 * RDS Proxy is not in them either (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations).
 */
export const ZONES_WITHOUT_EKS: Readonly<Record<string, readonly string[]>> = {
  'ca-central-1': ['cac1-az3'],
  'us-east-1': ['use1-az3'],
  'us-west-1': ['usw1-az2'],
};

/** The zones: three or four, of the home region, each once, each with EKS. */
export const zones = (config: EnvironmentConfig) => {
  const {
    region,
    network: { availabilityZones },
  } = config;
  return [
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
    ...zoneIds(config),
  ];
};

/** Which zone a name is differs from account to account: only its id says whether EKS is there. */
const zoneIds = ({ region, network: { availabilityZones: names, availabilityZoneIds: ids } }: EnvironmentConfig) => {
  const without = Object.hasOwn(ZONES_WITHOUT_EKS, region) ? ZONES_WITHOUT_EKS[region]! : [];
  if (ids === undefined)
    return unless(
      without.length === 0,
      `network.availabilityZoneIds is missing: EKS is not in ${without.join()}, which each account names otherwise. Give the ids of ` +
        `${names.join(', ')} as \`aws ec2 describe-availability-zones --region ${region}\` says them`,
    );
  return [
    ...unless(
      ids.length === names.length && new Set(ids).size === ids.length,
      `network.availabilityZoneIds is ${ids.join(', ')}: give one id for each of ${names.join(', ')}, in their order`,
    ),
    ...ids
      .filter((id) => without.includes(id))
      .map(
        (id) =>
          `network.availabilityZoneIds has "${id}", which is ${names[ids.indexOf(id)]}: EKS and RDS Proxy are not there, choose another zone`,
      ),
  ];
};
