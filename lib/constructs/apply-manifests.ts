import type { RemovalPolicy } from 'aws-cdk-lib';
import { KubernetesManifest, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { manifestProblems } from './manifest-problems';
import { removalPolicy } from './removal-policy';

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { name: string };
}

/** Fields that name, or hold something that names, an object which has to be there before: before the pod starts, most of them. */
const REFERENCES: Readonly<Record<string, string>> = {
  serviceAccountName: 'ServiceAccount',
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  claimName: 'PersistentVolumeClaim',
  secretProviderClass: 'SecretProviderClass',
  priorityClassName: 'PriorityClass',
  serviceRef: 'Service',
};

/** Kinds that say how much the pods of their namespace may take. */
const LIMITS = new Set(['ResourceQuota', 'LimitRange']);

/**
 * Kinds of which one that is there already is refused, and why. Every other kind is taken over.
 *
 * A create that fails after the API server took a part of it leaves that part behind: the provider framework of aws-cdk-lib 2.276.0
 * answers the delete of a failed create itself (custom-resources/lib/provider-framework/runtime/cfn-response.js), and `kubectl create`
 * would refuse the next attempt.
 */
export const NEVER_TAKEN_OVER: Readonly<Record<string, string>> = {
  Job: 'it has run, for something that may be gone since: the new one would not run',
  Secret: 'somebody else may have put its values in',
};

/** One resource that applies objects, in their order. The construct id of the resource is `manifest-ID`, as `addManifest` has it. */
export const applyTogether = (
  cluster: ICluster,
  id: string,
  objects: readonly { readonly kind: string }[],
  /** @default - the objects go with their resource */
  removal?: RemovalPolicy,
): KubernetesManifest =>
  new KubernetesManifest(cluster, `manifest-${id}`, {
    cluster,
    ...(removal && { removalPolicy: removal }),
    manifest: objects.map((object) => ({ ...object })),
    overwrite: !objects.some(({ kind }) => kind in NEVER_TAKEN_OVER),
  });

/**
 * Applies Kubernetes objects, each as a resource of its own: an object that leaves the list is deleted from the cluster.
 *
 * The construct id is the object's own identity, because a renamed construct deletes the live object. An object in a namespace waits
 * for the namespace, and is refused if that is neither in the list nor among those that earlier stacks made. A workload waits for the
 * objects of the list that its pods name, for the network policies that select them and for the limits of its namespace, which may have to
 * be raised for them; a binding for its Service. Each is deleted before it. Throws on values that types take and the API server does not, on all of them at once. Returns the resource of each object.
 */
export const applyManifests = <T extends KubernetesObject>(
  cluster: ICluster,
  objects: readonly T[],
  earlierNamespaces: readonly string[] = [],
  /** Those of the objects that stay when their resource is deleted. */
  kept: readonly T[] = [],
): ReadonlyMap<T, KubernetesManifest> => {
  const problems = objects.flatMap(manifestProblems);
  if (problems.length > 0) throw new Error(`The API server would reject these values:\n  - ${problems.join('\n  - ')}`);
  const applied = new Map(
    objects.map((object) => {
      const removal = kept.includes(object) ? removalPolicy(true) : undefined;
      return [object, applyTogether(cluster, identity(object), [object], removal)];
    }),
  );
  const byIdentity = new Map([...applied].map(([object, manifest]) => [identity(object), manifest]));

  for (const [object, manifest] of applied) {
    const { namespace } = object.metadata;
    if (namespace === undefined) continue;
    const parent = byIdentity.get(`Namespace-${namespace}`);
    if (parent) manifest.node.addDependency(parent);
    else if (!earlierNamespaces.includes(namespace))
      throw new Error(
        `${identity(object)} is in the namespace "${namespace}", which nothing creates: add the namespace, or correct its name`,
      );
    for (const { kind, name } of references(object)) {
      const needed = byIdentity.get(`${kind}-${namespace}-${name}`) ?? byIdentity.get(`${kind}-${name}`);
      if (needed) manifest.node.addDependency(needed);
    }
    for (const policy of objects.filter((other) => other.kind === 'NetworkPolicy' && selects(other, object)))
      manifest.node.addDependency(applied.get(policy)!);
    if (makesPods(object))
      for (const limit of objects.filter((other) => LIMITS.has(other.kind) && sharesNamespace(other, object)))
        manifest.node.addDependency(applied.get(limit)!);
  }
  return applied;
};

/** `Deployment-platform-core-api-gateway`, `Namespace-platform-core`. */
const identity = ({ kind, metadata: { namespace, name } }: KubernetesObject) =>
  [kind, namespace, name].filter((part) => part !== undefined).join('-');

/** The parts of a network policy, and of what makes pods, that say which pods they are about. */
interface Selecting {
  readonly spec?: {
    readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: { readonly metadata?: ObjectMeta };
  };
}

const makesPods = ({ spec }: KubernetesObject & Selecting): boolean => spec?.template !== undefined;

const sharesNamespace = (one: KubernetesObject, other: KubernetesObject): boolean =>
  one.metadata.namespace === other.metadata.namespace;

/** Whether a network policy is about the pods that an object makes. */
const selects = (policy: KubernetesObject & Selecting, object: KubernetesObject & Selecting): boolean => {
  const template = object.spec?.template;
  return (
    template !== undefined &&
    sharesNamespace(policy, object) &&
    Object.entries(policy.spec?.podSelector?.matchLabels ?? {}).every(
      ([label, value]) => template.metadata?.labels?.[label] === value,
    )
  );
};

interface Reference {
  readonly kind: string;
  readonly name: string;
}

/** Objects of the kinds above that an object names, at any depth. */
const references = (value: unknown): readonly Reference[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const kind = REFERENCES[field];
    const name = typeof inner === 'string' ? inner : inner?.name;
    return [...(kind !== undefined && typeof name === 'string' ? [{ kind, name }] : []), ...references(inner)];
  });
};
