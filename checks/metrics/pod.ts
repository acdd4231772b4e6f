import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container } from 'kubernetes-types/core/v1';
import { parse, stringify } from 'yaml';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';

/** A container of a pod that runs on this machine: its arguments, with paths of a folder that stands for its root. */
export interface Unpacked {
  readonly args: readonly string[];
  readonly serviceAccount: string;
}

/** Where Kubernetes puts the token of the service account. */
export const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface UnpackProps {
  readonly kind: 'deployments' | 'statefulsets';
  readonly namespace: string;
  readonly name: string;
  /** Folder that stands for the root of its files. */
  readonly root: string;
  /** Makes files, by their paths, such as work here. */
  readonly changes: Readonly<Record<string, (document: never) => void>>;
}

/** Writes what a container finds in the ConfigMaps that it mounts, as the API server has them. */
export const unpack = async ({ get }: Pick<Cluster, 'get'>, props: UnpackProps): Promise<Unpacked> => {
  const { kind, namespace, name, root, changes } = props;
  const own = <T extends { metadata?: { name?: string; namespace?: string } }>(
    objects: readonly T[],
    wanted: string,
  ) => {
    const found = objects.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === wanted);
    if (!found) throw new Error(`${namespace} has no ${wanted}`);
    return found;
  };
  const { spec } = own(await get<Deployment | StatefulSet>(kind), name).spec!.template;
  const maps = await get<ConfigMap>('configmaps');
  const [container] = spec!.containers as [Container];
  const mounts = (container.volumeMounts ?? []).map((mount) => ({
    ...mount,
    path: mount.mountPath.replace(/\/$/, ''),
  }));
  const places = [ACCOUNT, ...mounts.map(({ path }) => path)];
  const here = (text: string) =>
    places.some((place) => text === place || text.startsWith(`${place}/`)) ? join(root, text) : text;
  for (const place of places) mkdirSync(join(root, place), { recursive: true });
  for (const mount of mounts) {
    const volume = spec!.volumes?.find((each) => each.name === mount.name)?.configMap;
    if (!volume) continue;
    const { data = {} } = own(maps, volume.name!);
    for (const { key, path } of volume.items ?? Object.keys(data).map((each) => ({ key: each, path: each }))) {
      const file = join(mount.path, path);
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), changes[file] ? changed(data[key]!, here, changes[file]) : data[key]!);
    }
  }
  const args = (container.args ?? []).map((arg) => {
    const [flag, value = ''] = arg.split(/=(.*)/s);
    return `${flag}=${here(value)}`;
  });
  return { args, serviceAccount: spec!.serviceAccountName ?? 'default' };
};

const changed = (text: string, here: (text: string) => string, change: (document: never) => void): string => {
  const document = parse(text, (_, value) => (typeof value === 'string' ? here(value) : value));
  change(document as never);
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
};
