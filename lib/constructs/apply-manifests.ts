import type { ICluster, KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { name: string };
}

/**
 * Applies Kubernetes objects, each as a resource of its own: what is removed from the list is deleted from the cluster.
 *
 * The construct id is the object's own identity, for a renamed construct deletes the live object. Whatever lives in a
 * namespace waits for it; an object whose namespace is not in the list is refused.
 */
export const applyManifests = (cluster: ICluster, objects: readonly KubernetesObject[]): void => {
  const applied = new Map<string, KubernetesManifest>();
  for (const object of objects) applied.set(identity(object), cluster.addManifest(identity(object), { ...object }));

  for (const object of objects) {
    const { namespace } = object.metadata;
    if (namespace === undefined) continue;
    const parent = applied.get(`Namespace-${namespace}`);
    if (!parent) throw new Error(`${identity(object)} is in the namespace "${namespace}", which nothing creates`);
    applied.get(identity(object))?.node.addDependency(parent);
  }
};

/** `Deployment-platform-core-api-gateway`, `Namespace-platform-core`. */
const identity = ({ kind, metadata: { namespace, name } }: KubernetesObject) =>
  [kind, namespace, name].filter((part) => part !== undefined).join('-');
