import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { parse } from 'yaml';
import { objectsOf as applied, type Json } from '../synth';
import type { Difference, Section, WholeObjects } from './difference';
import { ABSENT_OBJECTS, ADDED_OBJECTS, DIFFERENCES } from './differences';
import { at, isAt, leaves, leavesOf, matches, type Leaves } from './fields';
import { specified, type SpecifiedObject } from './objects';
import { ENVIRONMENT_NAMES, type EnvironmentName } from '../fixtures';

/** Objects of an environment, by the key of `SpecifiedObject`. */
export type Objects = ReadonlyMap<string, Leaves>;

/** The configuration of Prometheus is compared as what it says. */
const parsed = ({ data, ...rest }: Json): Json => ({
  ...rest,
  ...(data && {
    data: Object.fromEntries(
      Object.entries<string>(data).map(([key, text]) => [key, key === 'prometheus.yml' ? parse(text) : text]),
    ),
  }),
});

/** A Kubernetes object as it is compared: its name is its key, and no field. */
const keyed = ({ kind, metadata: { name, namespace, ...metadata }, ...rest }: Json): [string, Leaves] => [
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
  leaves({ ...(Object.keys(metadata).length > 0 && { metadata }), ...rest }),
];

/** The Kubernetes objects that the stacks of an environment apply. */
export const objectsOf = (of: CloudAssembly): Objects => new Map(applied(of).map((object) => keyed(parsed(object))));

/** The specified objects of an environment that has these objects, and so these tenants. */
const specifiedFor = (environment: EnvironmentName, objects: Objects): readonly SpecifiedObject[] =>
  specified(
    environment,
    [...objects.keys()].flatMap((key) => /^Namespace tenant-(.+)$/.exec(key)?.[1] ?? []),
  );

/** Text with an object's parameters put in: `{name}` and `{database}`. */
const fill = (text: string, { parameters }: SpecifiedObject): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, parameter: string) => parameters[parameter] ?? whole);

const fillAll = (all: Leaves, object: SpecifiedObject): Leaves =>
  Object.fromEntries(Object.entries(all).map(([path, value]) => [fill(path, object), fill(value, object)]));

/** Whether a difference is one of this environment. */
const isOf = (environment: EnvironmentName, { environments }: Difference): boolean =>
  environments?.includes(environment) ?? true;

/** The listed differences of an object: path by path, with what is there instead. */
const listed = (environment: EnvironmentName, object: SpecifiedObject) =>
  DIFFERENCES.filter(({ objects }) => objects.test(object.key))
    .flatMap(({ differences }) => differences.filter((difference) => isOf(environment, difference)))
    .flatMap(({ fields }) => Object.entries(fields))
    .map(([path, instead]) => ({
      path: fill(path, object),
      instead: fillAll(leavesOf({ [path]: instead }), object),
    }));

/** Paths at which what is there is not what is written. */
const unlike = (written: Leaves, there: Leaves): string[] =>
  [...new Set([...Object.keys(written), ...Object.keys(there)])].filter((path) => !matches(written[path], there[path]));

const show = (value: string | undefined): string => value ?? 'nothing';

const compareObject = (environment: EnvironmentName, object: SpecifiedObject, there: Leaves): string[] => {
  const rows = listed(environment, object);
  const wanted = fillAll(object.leaves, object);
  const unlisted = unlike(wanted, there)
    .filter((path) => !rows.some((row) => isAt(row.path, path)))
    .map(
      (path) => `${path}: ${show(wanted[path])} is specified, there is ${show(there[path])}: an unlisted difference`,
    );
  const wrong = rows.flatMap(({ path, instead }) =>
    unlike(at(path, wanted), at(path, there)).length === 0
      ? [`${path}: it no longer differs from the specification: delete the row`]
      : unlike(instead, at(path, there)).map(
          (leaf) => `${leaf}: ${show(instead[leaf])} is listed, there is ${show(there[leaf])}`,
        ),
  );
  return [...unlisted, ...wrong].map((problem) => `${environment}, ${object.key}, ${problem}`);
};

/** The key of the object that the application has for a specified one. */
const keyOf = ({ key, deployedAs = key }: SpecifiedObject): string => deployedAs;

/** Everything in which an environment and the specification differ otherwise than the list says. */
export const compare = (environment: EnvironmentName, objects: Objects): string[] => {
  const wanted = specifiedFor(environment, objects);
  const added = [...objects.keys()].filter((key) => !wanted.some((object) => keyOf(object) === key));
  return [
    ...wanted.flatMap((object) => {
      const there = objects.get(keyOf(object));
      const isListed = isIn(ABSENT_OBJECTS, object.key);
      if (!there)
        return isListed ? [] : [`${environment}, ${object.key} is specified, and not there: an unlisted difference`];
      return isListed
        ? [`${environment}, ${object.key} is there: it no longer differs from the specification: delete the row`]
        : compareObject(environment, object, there);
    }),
    ...added
      .filter((key) => !isIn(ADDED_OBJECTS, key))
      .map((key) => `${environment}, ${key} is there, and not specified: an unlisted difference`),
  ];
};

const isIn = (list: readonly WholeObjects[], key: string): boolean => list.some(({ objects }) => objects.test(key));

/** Whether a row is about none of these objects. */
const none =
  (keys: readonly string[]) =>
  ({ objects }: Pick<Section, 'objects'>): boolean =>
    !keys.some((key) => objects.test(key));

/** Rows of the list that are about no object of any environment. */
export const unused = (all: Readonly<Record<EnvironmentName, Objects>>): string[] => {
  const keysOf = (environment: EnvironmentName) => specifiedFor(environment, all[environment]).map(({ key }) => key);
  const there = ENVIRONMENT_NAMES.flatMap((name) => [...all[name].keys()]);
  const wanted = ENVIRONMENT_NAMES.flatMap(keysOf);
  return [
    ...DIFFERENCES.flatMap((section) =>
      section.differences
        .filter((row) => none(ENVIRONMENT_NAMES.filter((name) => isOf(name, row)).flatMap(keysOf))(section))
        .map(({ fields }) => `${section.title}, ${Object.keys(fields).join(', ')}`),
    ),
    ...ADDED_OBJECTS.filter(none(there)).map(({ title }) => title),
    ...ABSENT_OBJECTS.filter(none(wanted)).map(({ title }) => title),
  ];
};
