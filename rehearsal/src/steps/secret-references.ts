import type { PodSpec } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { mountedObjects, type MountedObject } from './mounted-objects';
import type { Secret, Vault } from './vault';

/** A SecretProviderClass of the Secrets Store CSI driver. */
export interface ProviderClass {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly parameters?: Readonly<Record<string, string>>;
    /** The Secrets that appear while a pod mounts it. */
    readonly secretObjects?: readonly {
      readonly secretName: string;
      readonly data: readonly { readonly key: string; readonly objectName?: string }[];
    }[];
  };
}

/** The facts that decide whether pods of a cluster can mount secrets. */
export interface Mounting {
  readonly vault: Vault;
  /** Whether the driver may make Secrets. */
  readonly canSync: boolean;
  /** Annotations of the pod's service account. */
  readonly annotations: Readonly<Record<string, string>>;
}

const DRIVER = 'secrets-store.csi.k8s.io';

/** Why a pod cannot mount the classes of secrets that its volumes name, a line each. Classes that do not exist are left out. */
export const mountProblems = (
  namespace: string,
  pod: PodSpec,
  classes: readonly ProviderClass[],
  mounting: Mounting,
): readonly string[] =>
  (pod.volumes ?? []).flatMap(({ name: volume, csi }) => {
    if (csi?.driver !== DRIVER) return [];
    const name = csi.volumeAttributes?.secretProviderClass;
    if (name === undefined) return [`its volume "${volume}" names no SecretProviderClass`];
    const mounted = classes.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    const problems = [
      ...(csi.readOnly ? [] : [`its volume "${volume}" is not readOnly, which the driver requires`]),
      ...(mounted ? classProblems(mounted, namespace, pod.serviceAccountName ?? 'default', mounting) : []),
    ];
    return problems.map((problem) => `cannot mount the SecretProviderClass "${name}": ${problem}`);
  });

const classProblems = (
  { spec = {} }: ProviderClass,
  namespace: string,
  serviceAccount: string,
  { vault, canSync, annotations }: Mounting,
): readonly string[] => {
  const { parameters = {}, secretObjects = [] } = spec;
  const [objects, malformed] = mountedObjects(parameters);
  const usesPodIdentity = parameters.usePodIdentity === 'true';
  const region = parameters.region ?? vault.region;

  const files = new Set(objects.flatMap((object) => object.files));
  const unmatched = secretObjects.flatMap(({ secretName, data }) =>
    data
      .filter(({ objectName }) => objectName === undefined || !files.has(objectName))
      .map(
        ({ objectName, key }) =>
          `the Secret "${secretName}" takes "${key}" from "${objectName}", but no object has this name`,
      ),
  );
  const identity = vault.identities.find(
    (each) => each.namespace === namespace && each.serviceAccount === serviceAccount,
  );
  const denied = objects.flatMap((object) => {
    const arn = usesPodIdentity ? find(vault, region, object)?.arn : undefined;
    const actions = (arn !== undefined && identity?.denied[arn]) || [];
    return actions.length === 0
      ? []
      : [`the role ${identity?.role} does not allow ${actions.join(', ')} for the secret "${object.name}"`];
  });
  return [
    ...malformed,
    ...(malformed.length > 0 ? [] : unmatched),
    ...(secretObjects.length > 0 && !canSync
      ? ['the driver may not create its Secrets: set syncSecret.enabled in the configuration of the add-on']
      : []),
    ...(usesPodIdentity ? identityProblems(identity, serviceAccount) : []),
    ...(usesPodIdentity || annotations['eks.amazonaws.com/role-arn'] !== undefined
      ? []
      : [
          `usePodIdentity is not "true", and the service account "${serviceAccount}" has no eks.amazonaws.com/role-arn`,
        ]),
    ...objects.flatMap((object) => valueProblems(object, find(vault, region, object))),
    ...denied,
  ];
};

const identityProblems = (identity: Vault['identities'][number] | undefined, serviceAccount: string) => {
  if (!identity)
    return [`usePodIdentity is "true", and the service account "${serviceAccount}" has no Pod Identity association`];
  return identity.untrusting.length === 0
    ? []
    : [`the role ${identity.role} does not let pods.eks.amazonaws.com ${identity.untrusting.join(', ')}`];
};

/** The secret that an object names: by its name, its ARN, or its ARN without the six random characters. */
const find = ({ secrets }: Vault, region: string, { name }: MountedObject): Secret | undefined =>
  secrets.find(
    (secret) =>
      secret.region === region && (secret.name === name || secret.arn === name || secret.arn.slice(0, -7) === name),
  );

/** Why an object has no value to mount. */
const valueProblems = (
  { name, label, version, paths }: MountedObject,
  secret: Secret | undefined,
): readonly string[] => {
  if (!secret) return [`the secret "${name}" does not exist`];
  if (secret.deleted) return [`the secret "${name}" is scheduled for deletion`];
  const held = secret.versions.find(({ id, stages }) =>
    version === undefined ? stages.includes(label) : id === version,
  );
  const which = version === undefined ? label : `version ${version}`;
  const value = held?.value ?? '';
  if (value === '') return [`the secret "${name}" has no value that is ${which}`];
  if (paths.length === 0) return [];
  const json = parsed(value);
  if (json === undefined) return [`the secret "${name}" is not JSON, so no jmesPath finds anything in it`];
  return paths.flatMap((path) => {
    const found = follow(json, path);
    if (found === undefined || found === null) return [`the secret "${name}" has no "${path.join('.')}"`];
    return typeof found === 'string'
      ? []
      : [`"${path.join('.')}" of the secret "${name}" is a ${typeof found}: the provider mounts text only`];
  });
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const follow = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
  if (key === undefined) return value;
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return isObject ? follow((value as Record<string, unknown>)[key], rest) : undefined;
};
