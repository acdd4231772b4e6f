import type { Stack } from '../assembly';
import type { Changes } from '../changes';
import { STATEFUL, STATEFUL_KINDS } from '../stateful';
import type { ChangeSet } from './change-sets';

/** A resource with state that a deployment would replace or delete. */
export interface Loss {
  /** As a commit names it: `prod/Mysql/Primary`. */
  readonly name: string;
  readonly type: string;
  readonly fate: 'is replaced' | 'may be replaced' | 'is deleted';
}

const FATES = { replaced: 'is replaced', 'perhaps replaced': 'may be replaced', removed: 'is deleted' } as const;

/** What a deployment would replace or delete of the resources with state, by the templates and by CloudFormation's own change sets. */
export const losses = (
  changes: Changes,
  changeSets: readonly ChangeSet[],
  stacks: readonly Pick<Stack, 'name' | 'path'>[],
): readonly Loss[] => {
  const pathOf = (name: string) => stacks.find((stack) => stack.name === name)?.path ?? name;
  const byTemplate = changes.stacks
    // No deployment deletes a stack that leaves the app.
    .filter(({ action }) => action === 'changed')
    .flatMap(({ name: stack, resources }) =>
      resources.flatMap(({ path, type, action }): readonly Loss[] =>
        STATEFUL.has(type) && action in FATES
          ? [{ name: `${pathOf(stack)}/${path}`, type, fate: FATES[action as keyof typeof FATES] }]
          : [],
      ),
    );
  const byObject = changes.objects
    .filter(({ action, moved, kind }) => (action === 'removed' || moved) && STATEFUL_KINDS.has(kind))
    .map(({ file, kind }): Loss => ({ name: file, type: kind, fate: 'is deleted' }));
  const byChangeSet = changeSets.flatMap(({ stack, changes: all }) =>
    all.flatMap(({ path, type, action, replacement }): readonly Loss[] => {
      const fate =
        action === 'Remove'
          ? 'is deleted'
          : { True: FATES.replaced, Conditional: FATES['perhaps replaced'] }[replacement ?? ''];
      return STATEFUL.has(type) && fate !== undefined ? [{ name: `${pathOf(stack)}/${path}`, type, fate }] : [];
    }),
  );
  const all = [...byChangeSet, ...byTemplate, ...byObject]; // what CloudFormation itself says comes first
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
};

/** The names that a commit's message allows: `Allow-Replacement: prod/Mysql/Primary`. */
const allowedBy = (message: string): ReadonlySet<string> =>
  new Set([...message.matchAll(/Allow-Replacement:\s*([\w./-]+)/g)].map(([, name]) => name!.replace(/\.$/, '')));

/** What the gate says of losses that the message does not allow. Nothing: the deployment may go on. */
export const refusals = (all: readonly Loss[], message: string): readonly string[] => {
  const allowed = allowedBy(message);
  const known = new Set(all.map(({ name }) => name));
  return [
    ...all
      .filter(({ name }) => !allowed.has(name))
      .map(
        ({ name, type, fate }) =>
          `${name} (${type}) ${fate}. If that is meant, write in the message of the commit: Allow-Replacement: ${name}`,
      ),
    ...[...allowed]
      .filter((name) => !known.has(name))
      .map(
        (name) =>
          `The commit allows the replacement of ${name}, which no change replaces. Correct the name, or leave it out`,
      ),
  ];
};
