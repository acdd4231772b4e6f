import { table } from '../markdown';
import type { Difference, Section, WholeObjects } from '../../../test/specification/difference';
import { ABSENT_OBJECTS, ADDED_OBJECTS, DIFFERENCES } from '../../../test/specification/differences';
import { at, leavesOf, type Leaves } from '../../../test/specification/fields';
import { INGRESS_FIELDS } from '../../../test/specification/ingresses';
import { specified } from '../../../test/specification/objects';
import { CONTAINER, POD } from '../../../test/specification/pods';
import { ENVIRONMENT_NAMES } from '../../../test/fixtures';

/** The list of intended differences, for people. */
export const specification = (): string =>
  [
    '# What differs from the specification',
    '',
    'The Kubernetes objects of every environment equal those of the specification, field by field, except for the differences on this page.',
    'A test compares them both ways. It fails for a difference that is not listed, and for a row that is no longer a difference.',
    '',
    'This page comes from the lists in `test/specification`. Change those, then run `npm run docs:write`.',
    '',
    `\`pod\` is short for \`${POD}\`, \`container\` for \`${CONTAINER}\`. \`{name}\` stands`,
    'for the service, `{database}` for its database, and `*` for any text, such as a value that only a deployment knows.',
    '',
    'The test does not compare the StatefulSets of the data tiers. Where the values files contradict the manifests (`pullPolicy`),',
    'the manifests count.',
    '',
    '## Ingresses',
    '',
    'There are no Ingresses. The test compares their fields with the edge.',
    '',
    ...table(['field', 'specified', 'instead', 'why'], INGRESS_FIELDS),
    ...DIFFERENCES.flatMap((section) => ['', `## ${section.title}`, '', ...table(COLUMNS, rows(section))]),
    ...whole('Objects that the specification does not have', ADDED_OBJECTS),
    ...whole('Objects that only the specification has', ABSENT_OBJECTS),
    '',
  ].join('\n');

const COLUMNS = ['field', 'specified', 'instead', 'in', 'why'];

const whole = (title: string, list: readonly WholeObjects[]): string[] => [
  '',
  `## ${title}`,
  '',
  ...table(
    ['object', 'why'],
    list.map((row) => [row.title, row.reason]),
  ),
];

const rows = (section: Section): string[][] =>
  section.differences.flatMap((difference) =>
    Object.entries(difference.fields).map(([path, instead], index) => [
      `\`${path.replace(CONTAINER, 'container').replace(POD, 'pod')}\``,
      specifiedAt(path, section, difference).join(' or '),
      cell(path, leavesOf({ [path]: instead })),
      difference.environments?.join(', ') ?? 'all',
      index === 0 ? difference.reason : 'as above',
    ]),
  );

/** Values of the specification at a path of the objects of a row, each once. */
const specifiedAt = (
  path: string,
  { objects }: Section,
  { environments = ENVIRONMENT_NAMES }: Difference,
): string[] => {
  const covered = environments.flatMap((name) => specified(name, [])).filter(({ key }) => objects.test(key));
  return [...new Set(covered.map(({ leaves }) => cell(path, at(path, leaves))))];
};

/** The values at a path, with what is left of theirs. */
const cell = (path: string, all: Leaves): string =>
  Object.entries(all)
    .map(([leaf, value]) => `\`${[leaf.slice(path.length).replace(/^\./, ''), value].filter(Boolean).join(': ')}\``)
    .join('<br>') || 'nothing';
