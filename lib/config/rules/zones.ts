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
      `network.availabilityZones has ${availabilityZones.length} zones: name ${FIRST_ZONES} or ${MAX_ZONES}, because the cluster spreads over three`,
    ),
    ...unless(
      new Set(availabilityZones).size === availabilityZones.length,
      `network.availabilityZones repeats a zone (${availabilityZones.join(', ')}): name each once`,
    ),
    ...availabilityZones
      .filter((zone) => zone.slice(0, -1) !== region || !/[a-z]$/.test(zone))
      .map((zone) => `network.availabilityZones has "${zone}": write a zone of ${region}, like ${region}a`),
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
      `network.availabilityZoneIds is missing, but ${listed(lacking.map(lacks), 'and')}, and accounts name zones differently: give the ids of ` +
        `${names.join(', ')}, which \`aws ec2 describe-availability-zones --region ${region}\` prints`,
    );
  if (ids.length !== names.length || new Set(ids).size !== ids.length)
    return [
      `network.availabilityZoneIds is ${ids.join(', ')}: give one id for each of ${names.join(', ')}, in their order`,
    ];
  return ids.flatMap((id, index) => [
    ...unless(
      numberless(id) === numberless(whole[0]!),
      `network.availabilityZoneIds has "${id}": write the id of a zone of ${region}, like ${whole[0]}`,
    ),
    ...unless(
      lackedBy(id).length === 0,
      `network.availabilityZoneIds has "${id}" for ${names[index]}, but ${lacks(id)}: choose zones among ${whole.join(', ')}`,
    ),
  ]);
};

/** Of a region that is: AWS adds zones. */
const numberless = (id: string): string => id.replace(/\d+$/, '');

const lacks = (id: string): string => `${id} lacks ${listed(lackedBy(id), 'and')}`;
