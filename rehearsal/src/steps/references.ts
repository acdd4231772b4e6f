import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { CronJob } from 'kubernetes-types/batch/v1';
import type { Pod, PodSpec, Service } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { nameOf, type Cluster, type ClusterObject } from '../cluster/cluster';
import { WORKLOADS, type Workload } from '../cluster/workloads';
import { unpullable, type Registry } from './registry';
import { mountProblems, type ProviderClass } from './secret-references';
import type { Vault } from './vault';

/** Something that a pod needs by name before a kubelet starts it. */
interface Reference {
  readonly kind: 'Secret' | 'ConfigMap' | 'ServiceAccount' | 'PersistentVolumeClaim' | 'SecretProviderClass';
  readonly name: string;
  /** Key within a Secret or ConfigMap. @default - any */
  readonly key?: string | undefined;
}

interface ReferencedObject extends ClusterObject {
  readonly metadata: ObjectMeta;
  readonly data?: Record<string, string>;
  readonly binaryData?: Record<string, string>;
  readonly spec?: ProviderClass['spec'];
}

/** An AWS that holds nothing that a pod could mount. */
const NO_VAULT: Vault = { region: '', secrets: [], identities: [] };

/** A registry whose images nothing names. */
const NO_REGISTRY: Registry = { account: '', repositories: [] };

/** Everything that refers to what does not exist, cannot be mounted or cannot be pulled, a line each. */
export const brokenReferences = async (
  cluster: Pick<Cluster, 'get'>,
  vault: Vault = NO_VAULT,
  registry: Registry = NO_REGISTRY,
): Promise<readonly string[]> => {
  const templates = await podTemplates(cluster.get);
  const held = await heldObjects(cluster);
  return [
    ...missingReferences(held, templates),
    ...(await brokenMounts(cluster, held, templates, vault)),
    ...missingImages(templates, registry),
    ...(await danglingObjects(cluster, templates)),
  ];
};

const heldObjects = ({ get }: Pick<Cluster, 'get'>): Promise<readonly ReferencedObject[]> =>
  get('secrets', 'configmaps', 'serviceaccounts', 'persistentvolumeclaims', 'secretproviderclasses');

/**
 * Objects that pods of workloads refer to and that do not exist: `Deployment platform-core/api-gateway refers to …`.
 *
 * The emulated kubelet starts pods without looking; a real one leaves them waiting.
 */
const missingReferences = (held: readonly ReferencedObject[], templates: readonly PodTemplate[]) =>
  templates.flatMap(({ owner, spec }) => {
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
      ...here.map(({ kind, metadata, data, binaryData }) => ({
        kind,
        name: metadata.name,
        keys: Object.keys({ ...data, ...binaryData }),
      })),
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

/** Which pods run an image of the own registry that is not there: a real kubelet would wait for it. */
const missingImages = (templates: readonly PodTemplate[], registry: Registry) =>
  templates.flatMap(({ owner, spec }) => {
    const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    return [...new Set(containers.map(({ image = '' }) => image))].flatMap((image) => {
      const problem = unpullable(image, registry);
      return problem === undefined ? [] : [`${nameOf(owner)} runs ${image}: ${problem}`];
    });
  });

/** The role that the driver gets with syncSecret.enabled: it may make Secrets. */
const SYNCING = 'secretprovidersyncing-role';

/** Which pods cannot mount the secrets that their SecretProviderClasses name, and why. */
const brokenMounts = async (
  { get }: Pick<Cluster, 'get'>,
  held: readonly ReferencedObject[],
  templates: readonly PodTemplate[],
  vault: Vault,
): Promise<readonly string[]> => {
  const bindings = await get<{ roleRef?: { name: string } }>('clusterrolebindings');
  const canSync = bindings.some(({ roleRef }) => roleRef?.name === SYNCING);
  const classes = held.filter(({ kind }) => kind === 'SecretProviderClass');
  return templates.flatMap(({ owner, spec }) => {
    const namespace = owner.metadata?.namespace ?? 'default';
    const account = held.find(
      ({ kind, metadata }) =>
        kind === 'ServiceAccount' &&
        metadata.namespace === namespace &&
        metadata.name === (spec?.serviceAccountName ?? 'default'),
    );
    const mounting = { vault, canSync, annotations: account?.metadata.annotations ?? {} };
    const problems = spec ? mountProblems(namespace, spec, classes, mounting) : [];
    return problems.map((problem) => `${nameOf(owner)} ${problem}`);
  });
};

interface PodTemplate {
  readonly owner: Partial<ClusterObject>;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec | undefined;
}

/** The pods that the cluster has or will have, by what makes them. */
const podTemplates = async (get: Cluster['get']): Promise<readonly PodTemplate[]> => [
  ...(await get<Workload>(...WORKLOADS)).map((owner) => ({
    owner,
    labels: owner.spec?.template.metadata?.labels ?? {},
    spec: owner.spec?.template.spec,
  })),
  ...(await get<CronJob>('cronjobs')).map((owner) => {
    const template = owner.spec?.jobTemplate.spec?.template;
    return { owner, labels: template?.metadata?.labels ?? {}, spec: template?.spec };
  }),
  ...(await get<Pod>('pods'))
    .filter(({ metadata }) => !metadata?.ownerReferences)
    .map((owner) => ({ owner, labels: owner.metadata?.labels ?? {}, spec: owner.spec })),
];

/** Missing targets of Services, disruption budgets and autoscalers: `Service shop/web selects no pod`. */
const danglingObjects = async ({ get }: Pick<Cluster, 'get'>, templates: readonly PodTemplate[]) => {
  const selected = (owner: ObjectMeta | undefined, selector: Readonly<Record<string, string>>) =>
    templates.filter(
      (template) =>
        template.owner.metadata?.namespace === owner?.namespace &&
        Object.entries(selector).every(([key, value]) => template.labels[key] === value),
    );

  const services = (await get<Service>('services')).flatMap((service) => {
    const { selector, ports = [] } = service.spec ?? {};
    if (!selector) return [];
    const pods = selected(service.metadata, selector);
    if (pods.length === 0) return [`${nameOf(service)} selects no pod: no workload has the labels ${list(selector)}`];
    return ports
      .filter(({ targetPort }) => typeof targetPort === 'string' && !pods.flatMap(portNames).includes(targetPort))
      .map(({ targetPort }) => `${nameOf(service)} leads to the port "${targetPort}", which no container has`);
  });
  const budgets = (await get<PodDisruptionBudget>('poddisruptionbudgets'))
    .filter(({ metadata, spec }) => selected(metadata, spec?.selector?.matchLabels ?? {}).length === 0)
    .map(
      (budget) =>
        `${nameOf(budget)} selects no pod: no workload has the labels ${list(budget.spec?.selector?.matchLabels ?? {})}`,
    );
  const autoscalers = (await get<HorizontalPodAutoscaler>('horizontalpodautoscalers')).flatMap((autoscaler) => {
    const { kind, name } = autoscaler.spec?.scaleTargetRef ?? {};
    const there = templates.some(
      ({ owner }) =>
        owner.kind === kind &&
        owner.metadata?.name === name &&
        owner.metadata?.namespace === autoscaler.metadata?.namespace,
    );
    return there ? [] : [`${nameOf(autoscaler)} scales the ${kind} "${name}", which does not exist`];
  });
  return [...services, ...budgets, ...autoscalers];
};

const portNames = ({ spec }: PodTemplate) =>
  (spec?.containers ?? []).flatMap(({ ports = [] }) => ports.map(({ name }) => name));

const list = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

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
    ...files('Secret', { ...secret, name: secret?.secretName }),
    ...files('ConfigMap', configMap),
    { kind: 'PersistentVolumeClaim' as const, name: persistentVolumeClaim?.claimName },
    { kind: 'SecretProviderClass' as const, name: csi?.volumeAttributes?.secretProviderClass },
    ...(projected?.sources ?? []).flatMap((source) => [
      ...files('Secret', source.secret),
      ...files('ConfigMap', source.configMap),
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

interface FileSource {
  readonly name?: string | undefined;
  readonly optional?: boolean | undefined;
  readonly items?: readonly { readonly key: string }[] | undefined;
}

/** The keys that a volume takes from a Secret or ConfigMap: those that it names, otherwise all. */
const files = (kind: 'Secret' | 'ConfigMap', { name, optional, items }: FileSource = {}) =>
  (items ?? [{ key: undefined }]).map(({ key }) => ({ kind, name, optional, key }));
