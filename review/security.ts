import { stripVTControlCharacters } from 'node:util';
import type { ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import type { Json } from './assembly';
import { wayOf } from './ways-to-rights';

/** A table, its head first. */
export type Table = readonly (readonly string[])[];

/** Every way to more rights that changes, as tables: permissions and firewall rules as the CDK tells them, then the ways of our own list. */
export const securityChanges = (
  diff: TemplateDiff,
  pathOf: (logicalId: string) => string,
  named: (text: string) => string,
): readonly Table[] => {
  const { iamChanges, securityGroupChanges } = diff;
  const told = [
    iamChanges.summarizeStatements(),
    iamChanges.summarizeManagedPolicies(),
    securityGroupChanges.summarize(),
  ];
  const ways = Object.entries(diff.resources.changes).flatMap(([id, difference]) => wayRows(pathOf(id), difference));
  return [...told, [['', 'Resource', 'Way to', 'Property', 'Value'], ...ways]]
    .filter(({ length }) => length > 1)
    .map((table) => table.map((row) => row.map((cell) => named(stripVTControlCharacters(cell)))));
};

/** A row for each property that opens or closes a way: `+` and `-` as the CDK has them. */
const wayRows = (path: string, { oldValue, newValue }: ResourceDifference): readonly (readonly string[])[] => {
  const type = newValue?.Type ?? oldValue?.Type ?? '';
  const known = wayOf(type);
  if (known === undefined) return [];
  const [before, after] = [oldValue?.Properties ?? {}, newValue?.Properties ?? {}];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => name !== 'Tags');
  const rows = names.flatMap((name) => {
    const way = wayOf(type, name);
    const [old, next] = [before[name], after[name]].map((value) => (value === undefined ? undefined : text(value)));
    if (way === undefined || old === next) return [];
    return [
      ...(old === undefined ? [] : [['-', path, way.to, name, old]]),
      ...(next === undefined ? [] : [['+', path, way.to, name, next]]),
    ];
  });
  // One without properties is a way all the same.
  const alone = rows.length === 0 && known.properties === undefined && (!oldValue || !newValue);
  return alone ? [[newValue ? '+' : '-', path, known.to, '', type]] : rows;
};

const LONG = 300; // characters that a cell has room for

const text = (value: Json): string => {
  const json = typeof value === 'string' ? value : JSON.stringify(value);
  return json.length > LONG ? `${json.slice(0, LONG)}…` : json;
};
