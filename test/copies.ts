import { REACHED_RPO } from '../lib/model/recovery';
import { STATEFUL } from '../review/stateful';
import { COPIED, NOT_COPIED, type Copied, type Subject } from './copies/rows';
import { when, type Recoverable } from './copies/ways';
import { allOf, nameOf, objectsIn, type Place, type Templates } from './references';
import type { Json } from './synth';

const isOf = ({ type, stack, id, of }: Subject, place: Place): boolean =>
  place.Type === type &&
  (stack === undefined || place.stack.endsWith(`-${stack}`)) &&
  (id === undefined || id.test(place.id)) &&
  (of === undefined || of(place.Properties));

const stateful = (templates: Templates): readonly Place[] => [...STATEFUL].flatMap((type) => allOf(templates, type));

/** Everything stateful that has no copies as its row says, or stands in no row, or in two. */
export const uncopied = (templates: Templates, config: Recoverable): readonly string[] =>
  stateful(templates).flatMap((place) => {
    const rows = COPIED.filter((row) => isOf(row, place));
    const all = rows.length + NOT_COPIED.filter((row) => isOf(row, place)).length;
    const problems = [
      ...when(all !== 1, `(${place.Type}) stands in ${all} rows of what is copied and what is not`),
      ...rows.flatMap(({ ways }) => ways.flatMap((way) => way.lacks(place, templates, config))),
    ];
    return problems.map((problem) => `${nameOf(place)}: ${problem}`);
  });

/** Volumes of pods, which stand in no template: they are the cluster's. */
export const volumeClaims = (templates: Templates): readonly string[] =>
  objectsIn(templates, 'PersistentVolumeClaim', 'StatefulSet').flatMap(({ kind, metadata, spec }: Json) =>
    kind === 'PersistentVolumeClaim'
      ? [`${metadata.namespace}/${metadata.name}`]
      : (spec.volumeClaimTemplates ?? []).map((claim: Json) => `${metadata.namespace}/${claim.metadata.name}`),
  );

const KEPT = new Set(['Retain', 'RetainExceptOnCreate', 'Snapshot']);

/** Everything that is copied, or is a copy, or opens one, and that a deletion or a replacement would take. */
export const unprotected = (templates: Templates): readonly string[] => {
  const copies = NOT_COPIED.filter(({ because }) => /copies/.test(because));
  const rows: readonly (Subject & Pick<Copied, 'keptBy'>)[] = [...COPIED, ...copies];
  return stateful(templates).flatMap((place) => {
    const row = rows.find((each) => isOf(each, place));
    if (!row) return [];
    const { DeletionPolicy, UpdateReplacePolicy } = templates[place.stack].Resources[place.id];
    if (row.keptBy) return when(!row.keptBy(place.Properties), `${nameOf(place)} has no deletion protection`);
    // Without its key, nobody reads what is kept.
    const keys = allOf(templates, 'AWS::KMS::Key').filter(
      ({ stack, id }) => stack === place.stack && JSON.stringify(place.Properties).includes(`"${id}"`),
    );
    return [
      ...keys.flatMap(({ stack, id }) =>
        when(
          !KEPT.has(templates[stack].Resources[id].DeletionPolicy),
          `${nameOf(place)} is encrypted with ${id}, which goes with its stack`,
        ),
      ),
      ...when(!KEPT.has(DeletionPolicy), `${nameOf(place)}: DeletionPolicy is ${DeletionPolicy}`),
      ...when(!KEPT.has(UpdateReplacePolicy), `${nameOf(place)}: UpdateReplacePolicy is ${UpdateReplacePolicy}`),
    ];
  });
};

/** The rows of the table of copies. */
export const copiesTable = (config: Recoverable): readonly (readonly string[])[] =>
  COPIED.flatMap(({ what, ways, comesBack }) =>
    ways.map(({ name, often, long }, i) => [i === 0 ? what : '', name, often, long(config), i === 0 ? comesBack : '']),
  );

/** The rows of the table of objectives. */
export const objectivesTable = ({ recovery }: Recoverable): readonly (readonly string[])[] =>
  Object.entries(REACHED_RPO).map(([tier, { minutes, by }]) => {
    const { rpoMinutes, rtoMinutes } = recovery.objectives[tier as keyof typeof REACHED_RPO];
    return [`\`${tier}\``, `${rpoMinutes}`, `${minutes}`, by, `${rtoMinutes}`];
  });
