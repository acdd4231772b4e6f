import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { OMIT_HEADERS, createTwoFilesPatch } from 'diff';
import { constructPath, type Json, type Stack } from './assembly';
import { nodeGroupChanges, type NodeGroupChange } from './node-groups';
import { objectRights } from './object-rights';
import { objectsOf, type KubernetesObject, type RenderedObject } from './objects';
import { unmarked, writer } from './placeholders';
import { resourceChanges, type ResourceChange } from './resources';
import { securityChanges, type Table } from './security';

export interface ObjectChange {
  readonly file: string;
  /** Its file before, where its name has changed. */
  readonly was: string | undefined;
  readonly kind: string;
  readonly action: 'added' | 'removed' | 'changed';
  /** A unified diff of the YAML; empty where only `moved` is true. */
  readonly patch: string;
  /** Whether another resource applies it than before. */
  readonly moved: boolean;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

export interface StackChanges {
  readonly name: string;
  /** Whether the stack itself comes or goes. */
  readonly action: 'added' | 'removed' | 'changed';
  readonly resources: readonly ResourceChange[];
  /** Tables, each with its head. */
  readonly security: readonly Table[];
  /** Node groups that stay and change. */
  readonly nodeGroups: readonly NodeGroupChange[];
  /** Stacks that, as they were, import what this one no longer exports. */
  readonly importers: readonly string[];
}

/** The changes in an environment. */
export interface Changes {
  readonly stacks: readonly StackChanges[];
  readonly objects: readonly ObjectChange[];
  /** Changed permissions in the cluster: a table with its head, or nothing. */
  readonly rights: Table;
}

/** Compares an environment as two commits synthesize it. */
export const changes = (before: readonly Stack[], after: readonly Stack[]): Changes => {
  const objects = objectChanges(objectsOf(before), objectsOf(after));
  return { stacks: changedStacks(before, after), objects, rights: objectRights(objects) };
};

const changedStacks = (before: readonly Stack[], after: readonly Stack[]): readonly StackChanges[] =>
  [...new Set([...after, ...before].map(({ name }) => name))]
    .map((name) => stackChanges(name, before, after))
    .filter(
      ({ action, ...lists }) =>
        action !== 'changed' || lists.resources.length + lists.security.flat().length + lists.importers.length > 0,
    );

const stackChanges = (name: string, before: readonly Stack[], after: readonly Stack[]): StackChanges => {
  const [old, next] = [before, after].map((stacks) => stacks.find((stack) => stack.name === name));
  const diff = fullDiff(old?.template ?? {}, next?.template ?? {});
  const text = writer([...before, ...after]);
  const named = (cell: string) =>
    cell
      .replaceAll(/\{\\?"Fn::ImportValue\\?":\\?"([^"\\]+)\\?"\}/g, (_, imported) =>
        unmarked(text((next ?? old)!, { 'Fn::ImportValue': imported })),
      )
      .replaceAll(/\$\{([^.}]+)([^}]*)\}/g, (_, id, attribute) => {
        const owner = [next, old].find((stack) => stack?.template.Resources?.[id]);
        return `${owner ? constructPath(owner, id) : id}${attribute}`;
      });
  return {
    name,
    action: old ? (next ? 'changed' : 'removed') : 'added',
    resources: resourceChanges(diff, old, next),
    nodeGroups: nodeGroupChanges(old, next),
    security: securityChanges(diff, (id) => constructPath((next?.template.Resources?.[id] ? next : old)!, id), named),
    importers: old && next ? importers(old, next, before) : [],
  };
};

const importers = (old: Stack, next: Stack, before: readonly Stack[]) => {
  const kept = new Set(exportsOf(next));
  const gone = exportsOf(old).filter((name) => !kept.has(name));
  return before.filter((stack) => gone.some((name) => imports(stack, name))).map(({ name }) => name);
};

const imports = ({ template }: Stack, name: Json) =>
  JSON.stringify(template).includes(JSON.stringify({ 'Fn::ImportValue': name }));

const exportsOf = ({ template }: Stack): readonly Json[] =>
  Object.values(template.Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? []);

/** The changes of the objects. A Job, whose name ends in a hash of its content, is compared with its predecessor. */
const objectChanges = (
  before: readonly RenderedObject[],
  after: readonly RenderedObject[],
): readonly ObjectChange[] => {
  const predecessors = new Map(before.map((object) => [unhashed(object), object]));
  const successors = new Map(after.map((object) => [unhashed(object), object]));
  return [...new Set([...predecessors.keys(), ...successors.keys()])].toSorted().flatMap((key) => {
    const [old, next] = [predecessors.get(key), successors.get(key)];
    const { file, object } = (next ?? old)!;
    const change: ObjectChange = {
      file,
      was: old?.file === file ? undefined : old?.file,
      kind: object.kind,
      action: old ? (next ? 'changed' : 'removed') : 'added',
      patch: old?.yaml === next?.yaml ? '' : patch(old?.yaml, next?.yaml),
      before: old?.object,
      after: next?.object,
      moved: old?.file === next?.file && old?.resource !== next?.resource,
    };
    return change.patch !== '' || change.moved ? [change] : [];
  });
};

/** Of a Job only: another name that ends like a hash, such as a tenant's namespace, belongs to an object of its own. */
const unhashed = ({ file, object: { kind } }: RenderedObject) =>
  kind === 'Job' ? file.replace(/-[0-9a-f]{8}\.yaml$/, '.yaml') : file;

const patch = (before = '', after = '') =>
  createTwoFilesPatch('', '', before, after, undefined, undefined, { context: 3, headerOptions: OMIT_HEADERS });
