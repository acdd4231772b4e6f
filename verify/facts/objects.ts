import type { Json } from '../../doctor/plan';
import { Unanswered } from '../../doctor/why';
import { differences, type Difference } from '../drift/differences';
import { ownedPaths, OWNED_OBJECTS, withOwned, without } from '../drift/owned';
import { resolve, Unresolved } from '../drift/resolve';
import { throughKubectl, type Answered, type Send } from './kubectl';
import { madeTemplates, type DeployedTemplate } from './made';
import { reader } from './reader';
import { inTurns } from './turns';

/** An object that the templates apply, and that is not as they say. */
export interface ObjectDrift {
  /** `Deployment platform-core/api-gateway`. */
  readonly name: string;
  readonly kind: string;
  /** Stack that applies it, as the CLI calls it. */
  readonly stack: string;
  readonly state: 'changed' | 'fixed' | 'missing' | 'unknown';
  /** If it has been changed. */
  readonly differences: readonly Difference[];
  /** Why it could not be compared, or not be put back. Empty otherwise. */
  readonly reason: string;
  /** Path of the object in the API, and of the list that it is created in. */
  readonly path: string;
  readonly list: string;
  /** As it has to be stored. */
  readonly wanted: Json;
}

/** An object that no template holds and no controller owns. */
export interface AddedObject {
  readonly name: string;
  readonly path: string;
}

/** Differences between the applied objects and those that are there. */
export interface Objects {
  /** How many were compared. */
  readonly compared: number;
  readonly drifted: readonly ObjectDrift[];
  readonly added: readonly AddedObject[];
}

const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** `Deployment platform-core/api-gateway`. */
const nameOf = ({ kind, metadata: { namespace, name } }: Json): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** An answer that has to be good. */
const body = ({ status, body: told }: Answered, what: string): Json => {
  if (status >= 200 && status < 300) return told;
  throw new Unanswered(`the Kubernetes API answers ${status} to ${what}: ${told.message ?? ''}`);
};

const pathOf = (version: string): string => (version.includes('/') ? `/apis/${version}` : `/api/${version}`);

/** Where the API has objects: the lists of their kinds. undefined: nothing defines the kind. */
const lists = (send: Send) => {
  const known = new Map<
    string,
    Promise<ReadonlyMap<string, { readonly name: string; readonly namespaced: boolean }>>
  >();
  const kindsOf = async (version: string) => {
    const answer = await send('GET', pathOf(version));
    const { resources = [] } = answer.status === 404 ? {} : body(answer, `GET ${pathOf(version)}`);
    return new Map<string, { name: string; namespaced: boolean }>(
      resources.filter(({ name }: Json) => !name.includes('/')).map((one: Json) => [one.kind, one]),
    );
  };
  return async (version: string, kind: string) => {
    if (!known.has(version)) known.set(version, kindsOf(version));
    const found = (await known.get(version)!).get(kind);
    return found && { ...found, prefix: pathOf(version) };
  };
};

/** A manifest with the note that `kubectl apply` makes of it. */
const noted = (manifest: Json): Json => {
  const sorted = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.keys(value)
              .toSorted()
              .map((key) => [key, sorted(value[key])]),
          )
        : value;
  const plain = { ...manifest, metadata: { annotations: {}, ...manifest.metadata } };
  const annotation = { [APPLIED]: `${JSON.stringify(sorted(plain))}\n` };
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...annotation } },
  };
};

interface Applied {
  readonly stack: string;
  readonly manifest: Json;
}

/** The manifests of the deployed templates, with the values that the deployment gave them; and those whose values nobody tells. */
const appliedBy = (templates: readonly DeployedTemplate[]) => {
  const applied: Applied[] = [];
  const unresolved: ObjectDrift[] = [];
  for (const { stack, resources, made } of templates)
    for (const [logicalId, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== MANIFEST) continue;
      try {
        const objects: readonly Json[] = JSON.parse(resolve(Properties.Manifest, made));
        applied.push(...objects.map((manifest) => ({ stack: stack.id, manifest })));
      } catch (error) {
        if (!(error instanceof Unresolved)) throw error;
        const nothing = { differences: [], path: '', list: '', wanted: undefined };
        const unknown = { kind: '', stack: stack.id, state: 'unknown' as const, reason: error.message };
        unresolved.push({ name: `The manifest ${logicalId}`, ...unknown, ...nothing });
      }
    }
  return { applied, unresolved };
};

/** Compares an applied object with what is there. undefined: it is as it was deployed. */
const compare = async (
  send: Send,
  where: ReturnType<typeof lists>,
  { stack, manifest }: Applied,
  deployed: readonly Json[],
): Promise<ObjectDrift | undefined> => {
  const { apiVersion, kind, metadata } = manifest;
  const about = { name: nameOf(manifest), kind, stack, differences: [], reason: '', wanted: noted(manifest) };
  const found = await where(apiVersion, kind);
  if (found === undefined)
    return { ...about, state: 'missing', path: '', list: '', reason: `nothing defines ${kind} of ${apiVersion}` };
  const list = `${found.prefix}/${found.namespaced ? `namespaces/${metadata.namespace ?? 'default'}/` : ''}${found.name}`;
  const path = `${list}/${metadata.name}`;
  for (;;) {
    const answer = await send('GET', path);
    if (answer.status === 404) return { ...about, state: 'missing', path, list };
    const there = { ...body(answer, `GET ${path}`), apiVersion, kind };
    const owned = ownedPaths(manifest, deployed);
    const wanted = withOwned(about.wanted, there, owned);
    const put = await send('PUT', `${path}?dryRun=All`, wanted);
    if (put.status === 409) continue; // somebody has changed it meanwhile
    if (put.status === 403) body(put, `PUT ${path}?dryRun=All`);
    // The API server puts nothing in place of an object that differs in a field that never changes.
    const refused = put.status === 422 ? 'fixed' : 'unknown';
    if (put.status >= 300) return { ...about, state: refused, path, list, reason: put.body.message ?? `${put.status}` };
    const all = differences(without(put.body, owned), without({ ...put.body, ...there }, owned));
    // The annotation as it has to be, whatever somebody has applied.
    const stored = withOwned(
      about.wanted,
      there,
      owned.filter((one) => one.at(-1) !== APPLIED),
    );
    return all.length === 0 ? undefined : { ...about, state: 'changed', differences: all, path, list, wanted: stored };
  }
};

/** Objects of the applied kinds in the namespaces of the templates, that no template holds and nobody owns. */
const addedTo = async (
  send: Send,
  where: ReturnType<typeof lists>,
  deployed: readonly Json[],
): Promise<readonly AddedObject[]> => {
  const names = new Set(deployed.map((each) => `${each.apiVersion} ${nameOf(each)}`));
  const namespaces = new Set(deployed.flatMap(({ kind, metadata }) => (kind === 'Namespace' ? [metadata.name] : [])));
  const kinds = [...new Set(deployed.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))];
  const found = await inTurns(kinds, async (of): Promise<readonly AddedObject[]> => {
    const [apiVersion = '', kind = ''] = of.split(' ');
    const place = await where(apiVersion, kind);
    if (!place?.namespaced) return [];
    const { items } = body(await send('GET', `${place.prefix}/${place.name}`), `GET ${place.prefix}/${place.name}`);
    return items
      .map((item: Json) => ({ ...item, apiVersion, kind }))
      .filter(
        (item: Json) =>
          namespaces.has(item.metadata.namespace) &&
          !names.has(`${apiVersion} ${nameOf(item)}`) &&
          !OWNED_OBJECTS.some((row) => (row.kind ?? kind) === kind && row.is(item, deployed)),
      )
      .map((item: Json) => ({
        name: nameOf(item),
        path: `${place.prefix}/namespaces/${item.metadata.namespace}/${place.name}/${item.metadata.name}`,
      }));
  });
  return found.flat();
};

/**
 * The applied objects that somebody has changed, deleted or added. Each is compared with what the API server would store if the manifest
 * took its place (a dry run of PUT): `kubectl diff` merges three ways, and shows no field that somebody has added.
 */
export const objects = reader(
  'CloudFormation, the Kubernetes API through kubectl',
  madeTemplates.actions,
  async (world, target): Promise<Objects> => {
    const { applied, unresolved } = appliedBy(await madeTemplates.read(world, target));
    const deployed = applied.map(({ manifest }) => manifest);
    return throughKubectl(world, target, async (send) => {
      const where = lists(send);
      const found = await inTurns(applied, (one) => compare(send, where, one, deployed));
      return {
        compared: applied.length,
        drifted: [...unresolved, ...found.flatMap((one) => one ?? [])],
        added: unresolved.length > 0 ? [] : await addedTo(send, where, deployed),
      };
    });
  },
);
