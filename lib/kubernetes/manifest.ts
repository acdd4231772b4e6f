import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** Any object of the Kubernetes API, as its types declare it: everything optional. */
interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

/**
 * A Kubernetes object that is complete enough to apply: `apiVersion`, `kind` and `metadata.name` are there.
 *
 * Manifests are made fresh by a function on every call, for applying one changes it.
 */
export type Manifest<T extends KubernetesObject = KubernetesObject> = T &
  Required<Pick<T, 'apiVersion' | 'kind'>> & { metadata: ObjectMeta & { name: string } };
