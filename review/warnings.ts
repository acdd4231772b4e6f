import type { Changes } from './changes';
import { code } from './markdown';
import type { NodeGroupChange } from './node-groups';
import type { ResourceChange } from './resources';
import { STATEFUL, STATEFUL_KINDS } from './stateful';

/** Warnings to the reviewer, in groups, the worst first. */
export const warnings = ({ stacks, objects }: Changes): readonly (readonly string[])[] => {
  const resources = stacks.flatMap((stack) => stack.resources);
  const stateful = resources.filter(({ type }) => STATEFUL.has(type));
  const others = resources.filter(({ type }) => !STATEFUL.has(type));
  return [
    stacks
      .filter(({ action }) => action === 'removed')
      .map(
        ({ name }) =>
          `${code(name)} **leaves the app**, but no deployment deletes it: the warnings about its resources apply once somebody does`,
      ),
    of(stateful, 'replaced').map((one) => `${named(one)} **will be replaced**${cause(one)}; ${fate(one)}`),
    of(stateful, 'removed').map((one) => `${named(one)} **is removed**; ${fate(one)}`),
    objects
      .filter(({ action, kind }) => action === 'removed' && STATEFUL_KINDS.has(kind))
      .map(({ file }) => `${code(file)} **is deleted** from the cluster with everything that belongs to it`),
    objects
      .filter(({ moved }) => moved)
      .map(
        ({ file }) =>
          `${code(file)} **is deleted** from the cluster, because another resource applies it and the old one is removed`,
      ),
    stacks
      .filter(({ importers }) => importers.length > 0)
      .map(({ name, importers }) => {
        const users = importers.map(code).join(', ');
        return `${code(name)} **cannot be deployed first**: as deployed, ${users} still imports a value that it no longer exports`;
      }),
    stacks
      .map((stack) => ({ name: stack.name, refused: stack.resources.filter(hasOtherProvider) }))
      .filter(({ refused }) => refused.length > 0)
      .map(
        ({ name, refused: [first, ...rest] }) =>
          `${code(name)} **cannot be deployed**: CloudFormation refuses another ${code('ServiceToken')} of ${code(first!.path)}` +
          (rest.length > 0 ? ` and ${rest.length} more` : ''),
      ),
    perStack(stacks, ({ apart }) => apart.length > 0).map(
      ({ name, first, groups }) =>
        `${code(name)} **cannot be deployed**: EKS accepts changes of ${first.apart.map(code).join(', ')} of ${groups} only one at a time. ` +
        `Deploy the change that replaces nodes (${first.rolling.map(code).join(', ')}) by itself, and the rest before or after it`,
    ),
    perStack(stacks, ({ desired }) => desired !== undefined).map(
      ({ name, groups }) =>
        `${code(name)} **sets the number of nodes** of ${groups} and terminates those beyond it, because ${code('DesiredSize')} goes along with a ` +
        `change of sizes. Fill in ${code('deployed.nodeGroups')} first`,
    ),
    resources
      .filter(({ lost }) => lost !== undefined)
      .map((one) => `${named(one)} **removes** ${code(one.lost!)}, by which users reach the platform`),
    of(stateful, 'perhaps replaced').map((one) => `${named(one)} **may be replaced**${cause(one)}; ${fate(one)}`),
    of(others, 'replaced').map((one) => `${named(one)} **will be replaced**${cause(one)}`),
    of(others, 'perhaps replaced').map((one) => `${named(one)} **may be replaced**${cause(one)}`),
    perStack(stacks, ({ rolling }) => rolling.length > 0).map(
      ({ name, first, groups }) =>
        `${code(name)} **replaces every node** of ${groups}, one after another, because ${changed(first.rolling.map(code))}`,
    ),
    resources
      .filter(({ loosened }) => loosened)
      .map((one) => `${named(one)} was retained when removed, and **no longer is**`),
  ];
};

/** A custom resource keeps its provider: "Modifying service token is not allowed", says CloudFormation in the middle of an update. */
const hasOtherProvider = ({ properties }: ResourceChange) => properties.some(({ name }) => name === 'ServiceToken');

/** For each stack, those of its node groups of which something is true: the first, and all in words. */
const perStack = (stacks: Changes['stacks'], wanted: (group: NodeGroupChange) => boolean) =>
  stacks.flatMap(({ name, nodeGroups }) => {
    const [first, ...rest] = nodeGroups.filter(wanted);
    if (!first) return [];
    return [{ name, first, groups: `${code(first.path)}${rest.length > 0 ? ` and ${rest.length} more` : ''}` }];
  });

const of = (resources: readonly ResourceChange[], wanted: ResourceChange['action']) =>
  resources.filter(({ action }) => action === wanted);

const named = ({ stack, path, type }: ResourceChange) => `${code(`${stack}: ${path}`)} (${code(type)})`;

const cause = ({ properties }: ResourceChange) => {
  const names = properties.filter(({ replaces }) => replaces).map(({ name }) => code(name));
  return names.length > 0 ? `, because ${changed(names)}` : '';
};

const changed = (names: readonly string[]) => `${names.join(', ')} ${names.length === 1 ? 'changes' : 'change'}`;

/** Fate of the old resource. */
const fate = ({ policy }: ResourceChange) => {
  if (policy.startsWith('Retain')) return 'the old one stays in the account, and nothing manages it';
  return policy === 'Snapshot'
    ? 'a final snapshot of the old one remains'
    : '**the old one is deleted with everything in it**';
};
