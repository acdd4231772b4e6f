import type { Changes, ObjectChange, StackChanges } from './changes';
import type { Version } from './checkout';
import { assemble, code, codeBlock, row, type Block } from './markdown';
import type { Action, ResourceChange } from './resources';
import type { Table } from './security';
import { warnings } from './warnings';

/** The maximum of GitHub, in characters. */
const LIMIT = 65_536;

/** An environment, with its changes, or why they are unknown. */
export interface Environment {
  readonly name: string;
  readonly result: Changes | { readonly problem: string; readonly output: string };
}

/** The comment on a change: its effects on each environment, the warnings first. */
export const comment = (from: Version, to: Version, environments: readonly Environment[], limit = LIMIT): string => {
  const title = `## What changes: ${code(from.name)} → ${code(to.name)}`;
  const blocks = environments.flatMap(blocksOf);
  if (blocks.length === 0)
    return `${title}\n\nNothing changes in ${environments.map(({ name }) => name).join(', ')}: neither resources nor Kubernetes objects.\n`;
  const warned: Block = {
    rank: 0,
    head: '> [!CAUTION]',
    rows: worstFirst(environments),
    tail: '',
    what: 'warnings',
  };
  const unchanged = environments.filter((environment) => blocksOf(environment).length === 0).map(({ name }) => name);
  return assemble(
    title,
    [
      ...(warned.rows.length > 0 ? [warned] : []),
      ...blocks,
      ...(unchanged.length > 0 ? [heading(`Nothing changes in ${unchanged.join(', ')}.`)] : []),
    ],
    limit,
    `${code(`npm run review -- ${from.name}${to.commit ? ` ${to.name}` : ''} --env ENV`)} shows more of one environment.`,
  );
};

/** The warnings of all environments: the worst of each, then the next. */
const worstFirst = (environments: readonly Environment[]): readonly string[] =>
  environments
    .flatMap(({ name, result }) =>
      'problem' in result
        ? []
        : warnings(result).flatMap((group, at) => group.map((warning) => ({ at, line: `> - **${name}** ${warning}` }))),
    )
    .toSorted((one, another) => one.at - another.at)
    .map(({ line }) => line);

const heading = (head: string): Block => ({ rank: 1, head, rows: [], tail: '', what: '' });

const blocksOf = ({ name, result }: Environment): readonly Block[] => {
  if ('problem' in result) return [heading(`### ${name}\n\n${result.problem}\n\n${codeBlock('', result.output)}`)];
  const { stacks, objects, rights } = result;
  if (stacks.length === 0 && objects.length === 0) return [];
  return [
    heading(`### ${name}`),
    ...stacks.flatMap(resourceTable),
    ...stacks.flatMap(securityTables),
    ...(rights.length > 0 ? [securityTable('the cluster', rights)] : []),
    ...(objects.length > 0 ? [objectDiffs(objects)] : []),
  ];
};

const WORDS: Readonly<Record<Action, string>> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  replaced: '**will be replaced**',
  'perhaps replaced': '**may be replaced**',
};

const resourceTable = ({ name, action, resources }: StackChanges): readonly Block[] => {
  const title = action === 'changed' ? `**${name}**` : `**${name}** (the stack is ${action})`;
  if (resources.length === 0) return action === 'changed' ? [] : [heading(title)];
  const told = resources.filter((resource) => !isOrderOnly(resource));
  const order = resources.length - told.length;
  return [
    {
      rank: 2,
      head: `${title}\n\n${row(['', 'resource', 'type', 'properties'])}\n|---|---|---|---|`,
      rows: [
        ...told.map(resourceRow),
        ...(order > 0
          ? [row(['changed', `${order}${told.length > 0 ? ' more' : ''}`, '', `only ${code('DependsOn')}`])]
          : []),
      ],
      tail: '',
      what: 'resources',
    },
  ];
};

const isOrderOnly = ({ properties }: ResourceChange) =>
  properties.length > 0 && properties.every(({ name }) => name === 'DependsOn');

const resourceRow = ({ action, path, type, properties }: ResourceChange) =>
  row([
    WORDS[action],
    code(path),
    code(type),
    properties
      .map(({ name, values }) => (values === undefined ? code(name) : `${code(name)} ${code(values)}`))
      .join(', '),
  ]);

/** Name of a table's rows, by a column that only this table has. */
const ROWS: Readonly<Record<string, string>> = {
  Peer: 'firewall rules',
  'Way to': 'ways in',
  Right: 'rights',
};

const securityTables = ({ name, security }: StackChanges): readonly Block[] =>
  security.map((table) => securityTable(name, table));

const securityTable = (name: string, [head = [], ...rows]: Table): Block => {
  const what = head.map((column) => ROWS[column]).find((each) => each !== undefined) ?? 'permissions';
  return {
    rank: 3,
    head: `<details><summary>Security of ${name}: ${rows.length} ${what}</summary>\n\n${row(head)}\n${row(head.map(() => '---'))}`,
    rows: rows.map((cells) => row(cells.map(code))),
    tail: '\n\n</details>',
    what: 'permissions, ways in and firewall rules',
  };
};

const objectDiffs = (objects: readonly ObjectChange[]): Block => {
  const counts = (['added', 'removed', 'changed'] as const)
    .map((action) => ({ action, count: objects.filter((object) => object.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} ${action}`);
  return {
    rank: 4,
    head: `<details><summary>Kubernetes objects: ${counts.join(', ')}</summary>\n`,
    rows: objects.map(objectDiff),
    tail: '\n</details>',
    what: 'Kubernetes objects',
  };
};

const objectDiff = ({ file, was, action, patch }: ObjectChange) => {
  const title = was === undefined ? `${code(file)} ${action}` : `${code(was)} → ${code(file)}`;
  return patch === '' ? `${title}\n` : `${title}\n${codeBlock('diff', patch)}\n`;
};
