import type { EnvironmentConfig, ZoneConfig } from '../environment';

/** Domains of the hosted zones that are to be created: those without an id. */
export const zonesToCreate = ({ domain }: Pick<EnvironmentConfig, 'domain'>): readonly string[] =>
  (domain?.zones ?? []).flatMap(({ name, id }) => (id === undefined ? [name] : []));

/** The zone that a host is in: of those whose name it is or ends in, the one with the longest. */
export const zoneOf = (host: string, zones: readonly ZoneConfig[]): ZoneConfig | undefined =>
  zones
    .filter(({ name }) => host === name || host.endsWith(`.${name}`))
    .toSorted((one, other) => other.name.length - one.name.length)[0];
