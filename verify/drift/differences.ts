import type { Json } from '../../doctor/plan';

/** A place at which an object is not as it was deployed. */
export interface Difference {
  readonly path: string;
  /** undefined: somebody has added it. */
  readonly wanted: Json;
  /** undefined: somebody has removed it. */
  readonly found: Json;
}

const isMap = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNothing = (value: Json): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.values(value).every(isNothing));

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
const byName = (list: readonly Json[]): Json =>
  list.every((each) => typeof each?.name === 'string')
    ? Object.fromEntries(list.map((each) => [each.name, each]))
    : undefined;

/** Each place at which two objects differ, in either direction. Empty and absent are the same. */
export const differences = (wanted: Json, found: Json, path = ''): readonly Difference[] => {
  if (isNothing(wanted) && isNothing(found)) return [];
  if (isMap(wanted) && isMap(found))
    return unique([...Object.keys(wanted), ...Object.keys(found)]).flatMap((key) =>
      differences(
        wanted[key],
        found[key],
        /[./]/.test(key) ? `${path}[${key}]` : [path, key].filter(Boolean).join('.'),
      ),
    );
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length === found.length)
      return wanted.flatMap((each, at) => differences(each, found[at], `${path}[${at}]`));
    const [of, to] = [byName(wanted), byName(found)];
    if (of !== undefined && to !== undefined)
      return unique([...Object.keys(of), ...Object.keys(to)]).flatMap((name) =>
        differences(of[name], to[name], `${path}[${name}]`),
      );
  }
  return wanted === found ? [] : [{ path, wanted, found }];
};

/** Characters of a value that a person reads. */
const LENGTH = 80;

const short = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
};

/** `spec.replicas is 3, not 2`. Without values: `data.key is another one`. */
export const told = ({ path, wanted, found }: Difference, isSecret = false): string => {
  if (found === undefined) return `${path} is gone`;
  if (wanted === undefined) return isSecret ? `${path} is added` : `${path} is added (${short(found)})`;
  return isSecret ? `${path} is another one` : `${path} is ${short(found)}, not ${short(wanted)}`;
};
