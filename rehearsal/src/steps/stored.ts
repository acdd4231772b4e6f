import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { nameOf, type Cluster } from '../cluster/cluster';
import { quantity } from '../cluster/quantity';

/** The annotation in which kubectl keeps the object that it applied. */
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A field that the API server stores in another way, and why nothing is lost. */
interface Restated {
  /** Of an object. @default - all */
  readonly kind?: string;
  readonly path: RegExp;
  readonly reason: string;
}

const RESTATED: readonly Restated[] = [
  { kind: 'Secret', path: /^stringData(\.|$)/, reason: 'it is written only: the API server keeps it as data' },
  { path: /^(apiVersion|kind)$/, reason: 'the items of a list leave them out' },
];

interface Stored {
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/**
 * Applied fields that are not stored: `StatefulSet shop/web does not keep spec.updateStrategy.rollingUpdate.maxUnavailable, which was 2`.
 *
 * The API server takes a field whose feature gate is off, and drops it (strict decoding knows the field); admission may change one.
 * Defaults that it adds, and other ways to write a value, count as nothing.
 */
export const notStored = async ({ get, resources }: Pick<Cluster, 'get' | 'resources'>): Promise<readonly string[]> => {
  const objects = await get<Stored>(...(await resources()));
  return objects.flatMap((object) => {
    const text = object.metadata?.annotations?.[APPLIED];
    const applied = text === undefined ? undefined : (JSON.parse(text) as Stored);
    // A ControllerRevision inherits the annotation of its StatefulSet.
    if (applied?.kind !== object.kind || applied?.metadata?.name !== object.metadata?.name) return [];
    return differences(applied, object)
      .filter(
        ({ path }) => !RESTATED.some(({ kind = object.kind, path: known }) => kind === object.kind && known.test(path)),
      )
      .map(({ path, was, is }) =>
        is === undefined
          ? `${nameOf(object)} does not keep ${path}, which was ${short(was)}: the API server dropped the field, as it does while a feature gate is off`
          : `${nameOf(object)} has ${path} ${short(is)}, which was ${short(was)} when it was applied`,
      );
  });
};

const short = (value: unknown): string => {
  const json = JSON.stringify(value);
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
};

interface Difference {
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a field says nothing, so that it may as well be left out. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && Object.values(value).every(isEmpty));

const same = (was: unknown, is: unknown): boolean =>
  was === is || (isNumeric(was) && isNumeric(is) && quantity(`${was}`) === quantity(`${is}`));

const isNumeric = (value: unknown) => /^[+-]?[\d.]+([eE][+-]?\d+)?([numkKMGTPE]?i?)$/.test(`${value as string}`);

/** Where a value that was applied differs from what is there instead, at whatever depth. */
export const differences = (was: unknown, is: unknown, path = ''): readonly Difference[] => {
  if (is === undefined) return isEmpty(was) ? [] : [{ path, was, is }];
  if (isFields(was) && isFields(is))
    return Object.entries(was).flatMap(([key, each]) =>
      differences(each, is[key], /[./]/.test(key) ? `${path}[${key}]` : [path, key].filter(Boolean).join('.')),
    );
  if (Array.isArray(was) && Array.isArray(is))
    return was.flatMap((each, i) => differences(each, counterpart(each, i, was, is), `${path}[${i}]`));
  return same(was, is) || (isEmpty(was) && isEmpty(is)) ? [] : [{ path, was, is }];
};

/** Fields by which Kubernetes knows the elements of its lists. */
const KEYS = ['name', 'mountPath', 'containerPort', 'key', 'ip', 'topologyKey', 'type', 'uid'];

/** The element of a stored list for one that was applied: at its place, or, when admission has put others in, where its name is. */
const counterpart = (each: unknown, index: number, was: readonly unknown[], is: readonly unknown[]): unknown => {
  if (was.length === is.length) return is[index];
  const exact = is.find((other) => differences(each, other).length === 0);
  if (exact !== undefined || !isFields(each)) return exact;
  const key = KEYS.find((name) => each[name] !== undefined);
  return key && is.find((other) => isFields(other) && other[key] === each[key]);
};
