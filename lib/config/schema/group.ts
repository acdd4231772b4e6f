import './without-locales';
import { closest, distance } from 'fastest-levenshtein';
import * as z from 'zod/mini';

z.config({ jitless: true }); // a run parses once: to compile a parser first takes longer

/** The read-only type of a schema. */
export type Config<S extends z.core.$ZodType> = Fixed<z.infer<S>>;
type Fixed<T> = T extends object ? { readonly [K in keyof T]: Fixed<T[K]> } : T;

/** An object with these fields and no other: a misspelt field is refused by name, with the one that was meant. */
export const group = <S extends Readonly<Record<string, z.core.$ZodType>>>(fields: S) => {
  const names = Object.keys(fields);
  const required = names.filter((name) => !(fields[name] instanceof z.ZodMiniOptional));
  return z.strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownField(key, names)).join('\n')
        : `add its ${listed(required, 'and')}`,
  });
};

/** The same for each of some names: all of them, and no other. */
export const each = <N extends string, S extends z.core.$ZodType>(names: readonly N[], schema: S) =>
  group(Object.fromEntries(names.map((name) => [name, schema])) as Record<N, S>);

/** `NAME is not a field: did you mean …?` */
const unknownField = (field: string, names: readonly string[]): string => {
  const key = /^\w+$/.test(field) ? field : JSON.stringify(field.slice(0, 100));
  const nearest = closest(
    key.toLowerCase(),
    names.map((name) => name.toLowerCase()),
  );
  const meant = names.find((name) => name.toLowerCase() === nearest);
  return meant !== undefined && distance(key.toLowerCase(), nearest) <= Math.max(2, meant.length / 3)
    ? `${key} is not a field: did you mean ${meant}?`
    : `${key} is not a field: choose ${listed(names, 'or')}, or remove it`;
};

/** `a, b or c`. */
export const listed = (words: readonly string[], last: 'and' | 'or'): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
