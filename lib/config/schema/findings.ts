import { inspect } from 'node:util';
import * as z from 'zod/mini';
import { foreignText } from './foreign-text';

/** The problems that a schema finds. Rules across fields presuppose a `typed` value: all that is required is there, of its type, and nothing else. */
export interface Findings {
  readonly problems: readonly string[];
  /** The fields that they are about. */
  readonly fields: readonly string[];
  readonly typed: boolean;
}

type Path = readonly PropertyKey[];

/** Every field of a value, whatever it is, that the schema refuses: `network.flowLogRetentionDays is 31: …`. */
export const findings = (schema: z.core.$ZodType, value: unknown): Findings => {
  const foreign = foreignText(value);
  const all = z.safeParse(schema, value).error?.issues ?? [];
  const issues = all.filter(({ path }) => !foreign.some((other) => same(other.path, path)));
  const problems = [
    ...foreign.map(({ path, fix }) => sentence(value, path, fix)),
    ...issues.flatMap((issue) => said(value, issue)),
  ];
  return {
    problems: [...new Set(problems)],
    fields: [...foreign, ...issues].map(({ path }) =>
      fieldOf(value, typeof path.at(-1) === 'number' ? path.slice(0, -1) : path),
    ),
    typed: foreign.length === 0 && !all.some(({ code }) => UNTYPED.has(code)),
  };
};

const UNTYPED: ReadonlySet<z.core.$ZodIssue['code']> = new Set([
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'invalid_key',
  'invalid_element',
  'unrecognized_keys',
]);

const same = (one: Path, other: Path) => one.length === other.length && one.every((part, i) => part === other[i]);

const said = (root: unknown, issue: z.core.$ZodIssue): readonly string[] => {
  if (issue.code !== 'unrecognized_keys') return [sentence(root, issue.path, `${issue.message}${quotes(root, issue)}`)];
  const prefix = issue.path.length === 0 ? '' : `${fieldOf(root, issue.path)}.`;
  return issue.message.split('\n').map((line) => `${prefix}${line}`);
};

/** The hint for a number in quotes, or for a text without them. */
const quotes = (root: unknown, issue: z.core.$ZodIssue): string => {
  if (issue.code !== 'invalid_type' || issue.message.endsWith('in quotes')) return '';
  const type = typeof at(root, issue.path);
  if (issue.expected === 'string') return type === 'number' ? ', in quotes' : '';
  return ['number', 'int', 'boolean'].includes(issue.expected) && type === 'string' ? ', without quotes' : '';
};

const sentence = (root: unknown, path: Path, fix: string): string => {
  const value = at(root, path);
  const [last, parent] = [path.at(-1), path.slice(0, -1)];
  if (value === undefined) return `${fieldOf(root, path)} is missing: ${fix}`;
  if (typeof last === 'number' && !isObject(value)) return `${fieldOf(root, parent)} has ${shown(value)}: ${fix}`;
  if (typeof parent.at(-1) === 'number' && last === nameField(parent))
    return `${fieldOf(root, parent.slice(0, -1))} has the ${last} ${shown(value)}: ${fix}`;
  return `${fieldOf(root, path)} is ${shown(value)}: ${fix}`;
};

const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

/** A value as a message shows it: short, whatever it is. */
const shown = (value: unknown): string => {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), root);

/** `network.natGateways`. An element of a list has its name in it, or its place: `domain.zones.platform.com.id`, `podCidrs[0]`. */
const fieldOf = (root: unknown, path: Path): string =>
  path.reduce<string>((field, part, i) => {
    if (typeof part !== 'number') return field === '' ? String(part) : `${field}.${String(part)}`;
    const name = at(root, [...path.slice(0, i + 1), nameField(path.slice(0, i + 1))]);
    return typeof name === 'string' && /^[\w.-]{1,100}$/.test(name) ? `${field}.${name}` : `${field}[${part}]`;
  }, '') || 'the configuration';

/** The field of an element of a list by which people know it: the name of a tenant may be any text. */
const nameField = (element: Path): string => (element.at(-2) === 'tenants' ? 'id' : 'name');
