import { stringify } from 'yaml';
import type { Json, Stack } from './assembly';
import { parseWritten, writer } from './placeholders';

/** The type of the resources that hold Kubernetes objects. */
export const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A Kubernetes object of an environment. */
export interface RenderedObject {
  /** Where it is written: `platform-core/Deployment-api-gateway.yaml`, `cluster/Namespace-platform-core.yaml`. */
  readonly file: string;
  readonly object: KubernetesObject;
  readonly yaml: string;
  /** The resource that applies it: its stack and its logical id. */
  readonly resource: string;
}

/** Every Kubernetes object of the stacks, ordered by file. Throws where two resources would apply the same one. */
export const objectsOf = (stacks: readonly Stack[]): readonly RenderedObject[] => {
  const text = writer(stacks);
  const objects = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, { Type }]) => Type === MANIFEST)
      .flatMap(([id, { Properties }]) =>
        [parseWritten(text(stack, Properties?.Manifest))].flat().map((object: KubernetesObject) => ({
          file: fileOf(object),
          object,
          yaml: yamlOf(object),
          resource: `${stack.name}/${id}`,
        })),
      ),
  );
  const byFile = new Map<string, RenderedObject>();
  for (const object of objects) {
    const other = byFile.get(object.file);
    if (other)
      throw new Error(`${other.resource} and ${object.resource} both apply ${object.file}: remove one of them`);
    byFile.set(object.file, object);
  }
  return [...byFile.values()].toSorted((one, another) => compare(one.file, another.file));
};

/** Objects without a namespace are the cluster's. */
const fileOf = ({ kind, metadata: { namespace = 'cluster', name } }: KubernetesObject) =>
  `${namespace}/${kind}-${name.replaceAll(':', '.')}.yaml`;

/** Keys that identify an object, or an item of a list. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name', 'namespace'];

const compare = (one: string, another: string) => (one < another ? -1 : Number(one > another));

/**
 * An object as YAML, always in the same order: the keys that identify it first, then by name.
 *
 * kubectl reads YAML 1.1, where `on` and `12:30` are no strings: they are quoted.
 */
export const yamlOf = (object: Json): string =>
  stringify(object, {
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    lineWidth: 0,
    sortMapEntries: ({ key: one }, { key: another }) => compare(rank(one), rank(another)),
  });

const rank = (key: Json) => {
  const first = FIRST.indexOf(`${key.value}`);
  return `${first < 0 ? FIRST.length : first}${key.value}`;
};
