import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { LABEL_VALUE } from '../model/labels';

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: ObjectMeta & { name: string };
}

/** A kind of value that types know as text only: where it stands, what it has to look like, and how to write it. */
interface Format {
  /** Of a field, by its path: `spec.template.metadata.labels.app`. */
  readonly path: RegExp;
  readonly accepts: (value: string) => boolean;
  readonly fix: string;
}

const KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const QUANTITY = /^\d+(\.\d+)?(m|k|M|G|T|P|E|[KMGTPE]i|[eE][+-]?\d+)?$/;
const CRON_FIELD = String.raw`[\dA-Za-z*,/?-]+`;
const CRON = new RegExp(`^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|${CRON_FIELD}( ${CRON_FIELD}){4})$`);

const FORMATS: readonly Format[] = [
  {
    path: /(^|\.)(labels|matchLabels|nodeSelector)(\.[^.]+|\[[^\]]+\])$/,
    accepts: (value) => value === '' || LABEL_VALUE.test(value),
    fix: 'write at most 63 letters, digits and . _ -, a letter or digit first and last',
  },
  {
    path: /(^|\.)(resources\.(requests|limits)|hard|max|min|default|defaultRequest|capacity)(\.[^.]+|\[[^\]]+\])$|\.sizeLimit$/,
    accepts: (value) => QUANTITY.test(value),
    fix: 'write a quantity like 100m or 256Mi',
  },
  {
    path: /(^|\.)schedule$/,
    accepts: (value) => CRON.test(value),
    fix: 'write five fields like 0 3 * * *',
  },
];

/** Names by kind: https://kubernetes.io/docs/concepts/overview/working-with-objects/names */
const nameFormat = (kind: string) => {
  if (/Role(Binding)?$/.test(kind)) return { accepts: /^[^/%]{1,253}$/, fix: 'write a name without / and %' };
  if (/^(Namespace|Service)$/.test(kind))
    return { accepts: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, fix: 'write at most 63 lower case letters, digits and -' };
  return {
    accepts: /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
    fix: 'write at most 253 lower case letters, digits, - and .',
  };
};

/**
 * Problems that the API server would find in a text: names, labels, quantities, schedules. Empty when there is nothing.
 *
 * Each reads `Deployment shop: spec.template.metadata.labels.tier is "front end": write …`. Values that only a deployment knows are
 * not looked at.
 */
export const manifestProblems = (object: KubernetesObject): readonly string[] => {
  const { kind, metadata } = object;
  const { accepts, fix } = nameFormat(kind);
  return [
    ...(accepts.test(metadata.name) ? [] : [`metadata.name is "${metadata.name}": ${fix}`]),
    ...fields(object).flatMap(({ path, keys, value }) => [
      ...(/(^|\.)(labels|annotations|matchLabels|nodeSelector)$/.test(path)
        ? keys
            .filter((key) => !KEY.test(key))
            .map((key) => `${path} has the key "${key}": write one like app or example.com/app`)
        : []),
      ...FORMATS.filter((format) => typeof value === 'string' && isLiteral(value) && format.path.test(path))
        .filter((format) => !format.accepts(value as string))
        .map((format) => `${path} is "${String(value)}": ${format.fix}`),
    ]),
  ].map((problem) => `${kind} ${metadata.name}: ${problem}`);
};

const isLiteral = (value: string) => !value.includes('${Token[');

interface Field {
  readonly path: string;
  readonly value: unknown;
  readonly keys: readonly string[];
}

/** Every field of an object, at whatever depth: `spec.replicas`, `metadata.labels[example.com/app]`. */
const fields = (value: unknown, path = ''): readonly Field[] => {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [
    { path, value, keys: Array.isArray(value) ? [] : inner.map(([key]) => key) },
    ...inner.flatMap(([key, each]) =>
      fields(each, /[.[\]]/.test(key) ? `${path}[${key}]` : [path, key].filter(Boolean).join('.')),
    ),
  ];
};
