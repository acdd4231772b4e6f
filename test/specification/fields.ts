import type { Json } from '../synth';

/** The value of a field, or a part of an object that is written as one value. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** Values by the path of their field, e.g. `spec.template.spec.containers[{name}].image`. */
export type Fields = Readonly<Record<string, Value>>;

/** The same for single values only, as JSON: `3000` is not `"3000"`. */
export type Leaves = Readonly<Record<string, string>>;

/**
 * The single values of a field, by path. An item of a list is called by its name or key where all have one, so that the order
 * does not matter. A list of plain values is one value, and so is what is empty.
 */
export const leaves = (value: Json, path = ''): Leaves => {
  if (value === undefined) return {};
  const parts = Array.isArray(value) ? items(value, path) : members(value, path);
  if (parts.length === 0) return { [path]: JSON.stringify(value) };
  return Object.assign({}, ...parts.map(([below, part]) => leaves(part, below)));
};

const isObject = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const members = (value: Json, path: string): [string, Json][] =>
  isObject(value) ? Object.entries(value).map(([key, part]) => [path === '' ? key : `${path}.${key}`, part]) : [];

const items = (list: readonly Json[], path: string): [string, Json][] => {
  if (!list.every(isObject)) return [];
  const called = ['name', 'key', 'job_name'].find(
    (id) => list.every((item) => id in item) && new Set(list.map((item) => item[id])).size === list.length,
  );
  return list.map((item, position) => {
    if (called === undefined) return [`${path}[${position}]`, item];
    const { [called]: id, ...rest } = item;
    return [`${path}[${id}]`, rest];
  });
};

/** All single values of a table of fields. */
export const leavesOf = (fields: Readonly<Record<string, Value | undefined>>): Leaves =>
  Object.assign({}, ...Object.entries(fields).map(([path, value]) => leaves(value, path)));

/** Fields below a path. */
export const under = (path: string, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [`${path}.${key}`, value]));

/** The values at a path and below it. */
export const at = (path: string, all: Leaves): Leaves =>
  Object.fromEntries(Object.entries(all).filter(([leaf]) => isAt(path, leaf)));

/** Whether a value is at a path or below it. */
export const isAt = (path: string, leaf: string): boolean =>
  leaf.startsWith(path) && ['', '.', '['].includes(leaf.slice(path.length, path.length + 1));

const pattern = (written: string): RegExp =>
  new RegExp(`^${written.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '.*')}$`);

/** Whether a value is as it is written; `*` stands for any text. */
export const matches = (written: string | undefined, value: string | undefined): boolean =>
  written === value || (written !== undefined && value !== undefined && pattern(written).test(value));
