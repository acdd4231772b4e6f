import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { nameOf, type Cluster, type Workload } from './cluster';

/** Something that a pod needs by name before a kubelet starts it. */
interface Reference {
  readonly kind: 'Secret' | 'ConfigMap' | 'ServiceAccount' | 'PersistentVolumeClaim' | 'SecretProviderClass';
  readonly name: string;
  /** Key within a Secret or ConfigMap. @default - any */
  readonly key?: string | undefined;
}

interface Held {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly data?: Record<string, string>;
  /** Of a SecretProviderClass: the Secrets that appear while a pod mounts it. */
  readonly spec?: { secretObjects?: { secretName: string; data: { key: string }[] }[] };
}

/**
 * What the pods of all workloads refer to and what does not exist: `Deployment platform-core/api-gateway refers to …`.
 *
 * The stand-in for the kubelet starts pods without looking; a real one leaves them waiting.
 */
export const missingReferences = async ({ get, kubectl }: Cluster): Promise<readonly string[]> => {
  const templates = [
    ...(await get<Workload>('deployments', 'statefulsets', 'daemonsets')).map((owner) => ({
      owner,
      spec: owner.spec?.template.spec,
    })),
    ...(await get<Job>('jobs')).map((owner) => ({ owner, spec: owner.spec?.template.spec })),
    ...(await get<CronJob>('cronjobs')).map((owner) => ({ owner, spec: owner.spec?.jobTemplate.spec?.template.spec })),
  ];
  const kinds = ['secrets', 'configmaps', 'serviceaccounts', 'persistentvolumeclaims'];
  const hasProviderClasses = (await kubectl(['api-resources', '-o', 'name'])).includes('secretproviderclasses');
  const held = await get<Held>(...kinds, ...(hasProviderClasses ? ['secretproviderclasses'] : []));

  return templates.flatMap(({ owner, spec }) => {
    if (!spec) return [];
    const here = held.filter(({ metadata }) => metadata.namespace === owner.metadata?.namespace);
    const wanted = references(spec);
    const synced = here
      .filter(({ kind, metadata }) =>
        wanted.some((each) => each.kind === 'SecretProviderClass' && kind === each.kind && metadata.name === each.name),
      )
      .flatMap((provider) => provider.spec?.secretObjects ?? [])
      .map(({ secretName, data }) => ({ kind: 'Secret', name: secretName, keys: data.map(({ key }) => key) }));
    const existing = [
      ...here.map(({ kind, metadata, data = {} }) => ({ kind, name: metadata.name, keys: Object.keys(data) })),
      ...synced,
    ];
    return wanted
      .filter(
        ({ kind, name, key }) =>
          !existing.some(
            (each) => each.kind === kind && each.name === name && (key === undefined || each.keys.includes(key)),
          ),
      )
      .map(
        ({ kind, name, key }) =>
          `${nameOf(owner)} refers to the ${kind} "${name}"${key === undefined ? '' : `, key "${key}"`}, which does not exist`,
      );
  });
};

/** Everything that a pod refers to and cannot do without. */
const references = (pod: PodSpec): readonly Reference[] => {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  const fromVariables = containers
    .flatMap(({ env = [] }) => env)
    .flatMap(({ valueFrom: { secretKeyRef, configMapKeyRef } = {} }) => [
      { kind: 'Secret' as const, ...secretKeyRef },
      { kind: 'ConfigMap' as const, ...configMapKeyRef },
    ]);
  const fromEnvironments = containers
    .flatMap(({ envFrom = [] }) => envFrom)
    .flatMap(({ secretRef, configMapRef }) => [
      { kind: 'Secret' as const, ...secretRef },
      { kind: 'ConfigMap' as const, ...configMapRef },
    ]);
  const fromVolumes = (pod.volumes ?? []).flatMap(({ secret, configMap, projected, persistentVolumeClaim, csi }) => [
    { kind: 'Secret' as const, name: secret?.secretName, optional: secret?.optional },
    { kind: 'ConfigMap' as const, ...configMap },
    { kind: 'PersistentVolumeClaim' as const, name: persistentVolumeClaim?.claimName },
    { kind: 'SecretProviderClass' as const, name: csi?.volumeAttributes?.secretProviderClass },
    ...(projected?.sources ?? []).flatMap((source) => [
      { kind: 'Secret' as const, ...source.secret },
      { kind: 'ConfigMap' as const, ...source.configMap },
    ]),
  ]);
  const all: readonly (Partial<Reference> & { kind: Reference['kind']; optional?: boolean | undefined })[] = [
    ...fromVariables,
    ...fromEnvironments,
    ...fromVolumes,
    ...(pod.imagePullSecrets ?? []).map(({ name }) => ({ kind: 'Secret' as const, name })),
    { kind: 'ServiceAccount', name: pod.serviceAccountName ?? 'default' },
  ];
  return all.flatMap(({ kind, name, key, optional = false }) =>
    name === undefined || optional ? [] : [{ kind, name, key }],
  );
};
