import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** A Kubernetes object, as far as commands ask about it. */
export interface Known {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly template?: PodTemplateSpec;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } };
    readonly ports?: readonly { readonly port: number }[];
  };
}

/** A pod that an object makes. */
export interface Pod {
  /** `StatefulSet/alertmanager` */
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly string[];
}

export const podsOf = ({ kind, metadata, spec }: Known): readonly Pod[] => {
  const template = spec?.template ?? spec?.jobTemplate?.spec?.template;
  if (!template?.spec) return [];
  const containers = [...(template.spec.initContainers ?? []), ...template.spec.containers].map(({ name }) => name);
  return [{ owner: `${kind}/${metadata.name}`, labels: template.metadata?.labels ?? {}, containers }];
};

/** Kinds whose objects come from something else than a manifest or an add-on. */
export const MADE: ReadonlySet<string> = new Set([
  'Pod',
  'Node',
  'Event',
  'EndpointSlice',
  'CertificateSigningRequest',
]);
const CLUSTER_WIDE = new Set(['Node', 'Namespace', 'CertificateSigningRequest', 'PersistentVolume', 'StorageClass']);
/** Short names, as `kubectl api-resources` lists them. */
const SHORT: Readonly<Record<string, string>> = { deploy: 'deployment', svc: 'service', pvc: 'persistentvolumeclaim' };
/** Namespaces of every cluster. */
const OWN = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** A word that stands for what a reader puts there: `NAMESPACE`, `tenant-ID`, what a command before it found. */
export const isPlaceholder = (word: string): boolean => /\b[A-Z]{2,}\b/.test(word) || word === 'found';

export const isNamespaced = (kind: string): boolean => !CLUSTER_WIDE.has(kind);

/** The kind that a word names: `pod`, `pods`, `deploy`. */
export const kindOf = (word: string, objects: readonly Known[]): string | undefined =>
  [...MADE, ...objects.map(({ kind }) => kind)].find((kind) => {
    const one = kind.toLowerCase();
    const many = one.endsWith('s') ? `${one}es` : one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`;
    return [one, many].includes(word.toLowerCase()) || SHORT[word] === one;
  });

export const hasNamespace = (name: string, objects: readonly Known[]): boolean =>
  isPlaceholder(name) ||
  OWN.has(name) ||
  objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
