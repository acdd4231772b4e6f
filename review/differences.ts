import type { DeployedStack } from './assembly';
import { MANIFEST, objectsOf } from './objects';

/** Parts of an environment, each as text that people can compare, by a name like a file's. */
export type Pieces = ReadonlyMap<string, string>;

/** A part that is not the same. Absent where one side does not have it. */
export interface Difference {
  readonly file: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Everything of an environment that reaches AWS: each resource and each Kubernetes object by itself, then each stack as a whole. */
export const pieces = (stacks: readonly DeployedStack[]): Pieces =>
  new Map([
    ...stacks.flatMap(({ name, template, deployment }) => [
      [`${name}/deployment.json`, text(deployment)] as const,
      ...Object.entries(template).flatMap(([section, entries]) =>
        Object.entries(entries as object).map(([id, entry]) => [`${name}/${section}/${id}.json`, text(entry)] as const),
      ),
    ]),
    ...objectsOf(stacks).map(({ file, yaml }) => [`objects/${file}`, yaml] as const),
    // The same parts in another order are another template.
    ...stacks.map(({ name, template }) => [`${name}/template.json`, JSON.stringify(template)] as const),
  ]);

/** Differences in the smallest parts: a whole template, or the resource of a manifest, only if no part of it differs. */
export const differences = (before: Pieces, after: Pieces): readonly Difference[] => {
  const files = [...new Set([...before.keys(), ...after.keys()])];
  const all = files
    .map((file) => ({ file, before: before.get(file), after: after.get(file) }))
    .filter((each) => each.before !== each.after);
  const objectsDiffer = all.some(({ file }) => file.startsWith('objects/'));
  const isSaid = ({ file, before: old = '', after: fresh = '' }: Difference): boolean => {
    if (file.endsWith('/template.json')) {
      const stack = file.slice(0, -'template.json'.length);
      return all.some((other) => other.file !== file && other.file.startsWith(stack));
    }
    return (
      objectsDiffer && [old, fresh].every((one) => one === '' || one.includes(MANIFEST)) && onlyManifest(old, fresh)
    );
  };
  return all.filter((each) => !isSaid(each));
};

const withoutManifest = (resource: string): string =>
  resource && text(JSON.parse(resource, (key, value) => (key === 'Manifest' ? undefined : value)));

/** Whether two resources differ in nothing but the objects that they apply. */
const onlyManifest = (before: string, after: string): boolean => withoutManifest(before) === withoutManifest(after);
