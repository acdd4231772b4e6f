import type { Stack } from '../assembly';
import type { Changes } from '../changes';
import type { ResourceChange } from '../resources';
import { STATEFUL, STATEFUL_KINDS } from '../stateful';
import type { ChangeSet } from './change-sets';

/** A resource with state that a deployment would replace, delete or empty. */
export interface Loss {
  /** As a commit names it: `prod/Mysql/Mysql/Primary`. */
  readonly name: string;
  readonly type: string;
  /** `is replaced`, say. */
  readonly fate: string;
}

/** Properties whose change loses something in place: CloudFormation generates another value. */
const LOSING: readonly (readonly [type: string, property: string])[] = [
  ['AWS::SecretsManager::Secret', 'GenerateSecretString'],
];

const isKept = (policy = '') => policy.startsWith('Retain');

const removal = (policy: string | undefined): string =>
  isKept(policy) ? 'leaves its stack, and nothing manages it any longer' : 'is deleted';

/** The fate of a resource by its templates. Undefined: nothing is lost. */
const fateOf = ({ type, action, policy, properties, loosened }: ResourceChange): string | undefined => {
  if (LOSING.some(([of, name]) => of === type && properties.some((property) => property.name === name)))
    return 'gets another value';
  if (!STATEFUL.has(type)) return undefined;
  if (action === 'replaced') return 'is replaced';
  if (action === 'perhaps replaced') return 'may be replaced';
  if (action === 'removed') return removal(policy);
  return loosened ? 'is no longer kept when its stack is deleted' : undefined;
};

/** Stateful resources that a deployment would lose, by the templates of stacks that stay, and by CloudFormation's change sets. */
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
      resources.flatMap((resource): readonly Loss[] => {
        const fate = fateOf(resource);
        return fate === undefined ? [] : [{ name: `${pathOf(stack)}/${resource.path}`, type: resource.type, fate }];
      }),
    );
  const byObject = changes.objects
    .filter(({ action, moved, kind }) => (action === 'removed' || moved) && STATEFUL_KINDS.has(kind))
    .map(({ file, kind }): Loss => ({ name: file, type: kind, fate: 'is deleted' }));
  const byChangeSet = changeSets.flatMap(({ stack, changes: all }) =>
    all.flatMap(({ path, type, action, replacement, policy }): readonly Loss[] => {
      const fate =
        action === 'Remove'
          ? removal(policy)
          : { True: 'is replaced', Conditional: 'may be replaced' }[replacement ?? ''];
      return STATEFUL.has(type) && fate !== undefined ? [{ name: `${pathOf(stack)}/${path}`, type, fate }] : [];
    }),
  );
  const all = [...byChangeSet, ...byTemplate, ...byObject]; // CloudFormation's own verdict comes first
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
};

/** The names that a commit's message allows: `Allow-Replacement: prod/Mysql/Mysql/Primary`. */
const allowedBy = (message: string): ReadonlySet<string> =>
  new Set([...message.matchAll(/Allow-Replacement:\s*([\w./-]+)/g)].map(([, name]) => name!.replace(/\.$/, '')));

/**
 * Why a change set could not be made, unless a stack before it in the deployment makes what is missing: the export or output of a stack
 * that is deployed first.
 */
const problemsOf = (changeSets: readonly ChangeSet[]): readonly string[] =>
  changeSets.flatMap(({ stack, problem }) =>
    problem === undefined || /No export named|has no output|Output .* not found/i.test(problem)
      ? []
      : [`${stack}: CloudFormation could make no change set, so nobody knows what would be lost. ${problem}`],
  );

/** The gate's objections: losses that the message does not allow, and change sets that it could not read. Empty: deployment may go on. */
export const refusals = (
  all: readonly Loss[],
  message: string,
  changeSets: readonly ChangeSet[] = [],
): readonly string[] => {
  const allowed = allowedBy(message); // a name that nothing here loses may be one of another environment
  return [
    ...problemsOf(changeSets),
    ...all
      .filter(({ name }) => !allowed.has(name))
      .map(
        ({ name, type, fate }) =>
          `${name} (${type}) ${fate}. If that is meant, write in the message of the commit: Allow-Replacement: ${name}`,
      ),
  ];
};
