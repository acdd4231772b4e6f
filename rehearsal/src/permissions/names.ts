import type { AssembledStack } from '../app/cdk';
import { at, generatedName, type Naming } from '../provider/naming';
import { BESIDE } from './beside';

/** Where things of one resource type of IAM are, and what their names begin with: `*` ends each. */
export interface Named {
  readonly regions: Set<string>;
  readonly patterns: Set<string>;
}

/** The prefix of the names of all stacks: `platform-dev`. */
export const commonPrefix = (names: readonly string[]): string => {
  const [first = '', ...others] = names;
  let length = first.length;
  while (others.some((name) => !name.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, length).replace(/[-/.:]+$/, '');
};

/** The names of what the templates make, by resource type of IAM, and of what is acted on beside it. */
export const namesOf = (
  stacks: readonly AssembledStack[],
  namings: Readonly<Record<string, Naming>>,
): ReadonlyMap<string, Named> => {
  const prefix = commonPrefix(stacks.map(({ name }) => name));
  const found = new Map<string, Named>();
  const add = (resource: string, region: string, pattern: string) => {
    const named = found.get(resource) ?? { regions: new Set(), patterns: new Set() };
    named.regions.add(region);
    named.patterns.add(pattern);
    found.set(resource, named);
  };
  for (const stack of stacks)
    for (const [id, { Type }] of Object.entries(stack.template.Resources ?? {}))
      for (const resource of namings[Type]?.resources ?? []) {
        const name = nameOf(stacks, namings, stack, id);
        add(resource, stack.region, shortened(inArn(resource, name), prefix));
      }
  for (const [resource, patterns] of Object.entries(BESIDE))
    for (const pattern of patterns) {
      const [region = '*'] = found.get(resource)?.regions ?? [];
      add(resource, region, pattern.replace('PREFIX', prefix));
    }
  for (const named of found.values()) fold(named.patterns, prefix);
  return found;
};

/** A name as ARNs have it, which leave out what is there already. */
const inArn = (resource: string, name: string): string =>
  ({ 'kms:alias': name.replace(/^alias\//, ''), 'ssm:parameter': name.replace(/^\//, '') })[resource] ?? name;

/** A name up to what all names of the environment have in common: names that come later are allowed, too. */
const shortened = (name: string, prefix: string): string => {
  const end = name.indexOf(prefix);
  return end >= 0 && prefix !== '' ? `${name.slice(0, end)}${prefix}*` : name === '' ? '*' : name.replace(/\**$/, '*');
};

const MANY = 4;

/** Many names that do not have the prefix become one, where they begin alike up to a separator. */
const fold = (patterns: Set<string>, prefix: string): void => {
  if (patterns.has('*')) for (const pattern of patterns) if (pattern !== '*') patterns.delete(pattern);
  const others = [...patterns].filter((pattern) => !pattern.includes(prefix));
  const [head] = /^[^/]+\//.exec(commonPrefix(others.map((pattern) => pattern.replace(/\*$/, ''))) + '/') ?? [];
  if (others.length <= MANY || !head || !others.every((pattern) => pattern.startsWith(head))) return;
  for (const pattern of others) patterns.delete(pattern);
  patterns.add(`${head}*`);
};

/** The prefix of a resource's name, as far as a template says it. */
const nameOf = (
  stacks: readonly AssembledStack[],
  namings: Readonly<Record<string, Naming>>,
  stack: AssembledStack,
  id: string,
): string => {
  const resource = stack.template.Resources?.[id];
  const naming = resource && namings[resource.Type];
  if (!naming) return '';
  const given = naming.name === undefined ? undefined : at(resource.Properties, naming.name);
  if (given !== undefined) {
    const said = beginning(stacks, namings, stack, given);
    return naming.lowerCase ? said.toLowerCase() : said;
  }
  const generated = generatedName(naming, stack.name, id);
  if (generated === undefined)
    throw new Error(
      `${resource.Type} ${id} of ${stack.name} has no ${naming.name}, and the name that CloudFormation would generate is not ` +
        `known, so no policy can allow it: set ${naming.name}`,
    );
  return generated;
};

/** The prefix of a value in a template. */
const beginning = (
  stacks: readonly AssembledStack[],
  namings: Readonly<Record<string, Naming>>,
  stack: AssembledStack,
  value: unknown,
): string => {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument] = []] = Object.entries((value ?? {}) as Readonly<Record<string, unknown>>);
  if (intrinsic === 'Ref') return nameOf(stacks, namings, stack, argument as string);
  if (intrinsic === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    const known = parts.findIndex((part) => typeof part !== 'string');
    const shown = known < 0 ? parts : parts.slice(0, known + 1);
    return shown.map((part) => beginning(stacks, namings, stack, part)).join(separator);
  }
  if (intrinsic === 'Fn::ImportValue')
    for (const exporting of stacks)
      for (const { Value, Export } of Object.values(exporting.template.Outputs ?? {}))
        if (Export?.Name === argument) return beginning(stacks, namings, exporting, Value);
  return '';
};
