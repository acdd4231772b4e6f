import { pipelineProblems, problems } from '../../../lib/config/validation';
import { WITH_EVERYTHING } from '../../sample';
import { replaced } from '../../../checks/configuration/inputs';
import { pipeline } from '../../fixtures';

type Path = readonly (string | number)[];

/** Names that people give, to which no schema says what they are. */
const DICTIONARIES: ReadonlySet<string> = new Set(['tenantRecord.tenants']);

/** Every object of a value. */
const objectsOf = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Array.isArray(value)
    ? value.flatMap((one, i) => objectsOf(one, [...path, i]))
    : Object.entries(value).flatMap(([key, one]) => objectsOf(one, [...path, key]));
  return Array.isArray(value) || DICTIONARIES.has(path.join('.')) ? inner : [path, ...inner];
};

const withMore = <T>(value: T, path: Path): T =>
  replaced(value, path, (object) => ({ ...(object as object), zzz: 1 })) as T;

/** Objects that take a field of which nobody knows anything. */
const taking = <T>(value: T, found: (value: T) => readonly string[]): readonly string[] =>
  objectsOf(value)
    .filter((path) => !found(withMore(value, path)).some((problem) => /\bzzz is not a field: /.test(problem)))
    .map((path) => path.join('.'));

test('an unknown field is refused at every depth', () => {
  expect(objectsOf(WITH_EVERYTHING).length).toBeGreaterThan(50);
  expect(taking(WITH_EVERYTHING, problems)).toEqual([]);
  expect(taking(pipeline, pipelineProblems)).toEqual([]);
});

test.each([
  ['a field of a group of nodes', ['cluster', 'nodeGroups', 'application'], 'cluster.nodeGroups.application.zzz'],
  ['one of an element of a list', ['tenants', 0], 'tenants.acme.zzz'],
  ['a node group', ['cluster', 'nodeGroups'], 'cluster.nodeGroups.zzz'],
])('%s is named with where it stands', (_, path, name) => {
  expect(problems(withMore(WITH_EVERYTHING, path))).toEqual([
    expect.stringContaining(`prod: ${name} is not a field: `),
  ]);
});
