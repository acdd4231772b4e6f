import { lackedBy, zonesOf } from '../../model/availability-zones';
import type { EnvironmentConfig } from '../environment';
import { listed } from '../schema/group';
import { FIRST_ZONES, MAX_ZONES } from '../../model/subnets';
import { unless, wholeNumber } from './unless';

/** A count of things of which each zone can have one. */
export const perZone = (field: string, count: number, availabilityZones: readonly string[]) =>
  wholeNumber(
    field,
    count,
    [1, availabilityZones.length],
    `choose 1 to ${availabilityZones.length}, one per zone at most`,
  );

/** The zones: three or four, of the home region, each once, each with every service. */
export const zones = (config: EnvironmentConfig) => {
  const {
    region,
    network: { availabilityZones },
  } = config;
  return [
    ...unless(
      availabilityZones.length >= FIRST_ZONES && availabilityZones.length <= MAX_ZONES,
      `network.availabilityZones has ${availabilityZones.length}: the cluster spreads over three zones, name ${FIRST_ZONES} or ${MAX_ZONES}`,
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

/** Which zone a name is differs from account to account: only its id says which services are there. */
const zoneIds = ({ region, network: { availabilityZones: names, availabilityZoneIds: ids } }: EnvironmentConfig) => {
  const { whole, lacking } = zonesOf(region);
  if (whole.length < FIRST_ZONES) return []; // the region is refused
  if (ids === undefined)
    return unless(
      lacking.length === 0,
      `network.availabilityZoneIds is missing: ${listed(lacking.map(lacks), 'and')}, which accounts name differently. Give the ids of ` +
        `${names.join(', ')} as \`aws ec2 describe-availability-zones --region ${region}\` says them`,
    );
  if (ids.length !== names.length || new Set(ids).size !== ids.length)
    return [
      `network.availabilityZoneIds is ${ids.join(', ')}: give one id for each of ${names.join(', ')}, in their order`,
    ];
  return ids.flatMap((id, index) => [
    ...unless(
      numberless(id) === numberless(whole[0]!),
      `network.availabilityZoneIds has "${id}": a zone of ${region} has an id like ${whole[0]}`,
    ),
    ...unless(
      lackedBy(id).length === 0,
      `network.availabilityZoneIds has "${id}", which is ${names[index]}: ${lacks(id)}, choose zones among ${whole.join(', ')}`,
    ),
  ]);
};

/** Of a region that is: AWS adds zones. */
const numberless = (id: string): string => id.replace(/\d+$/, '');

const lacks = (id: string): string => `${id} lacks ${listed(lackedBy(id), 'and')}`;
