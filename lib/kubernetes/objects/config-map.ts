import type { ConfigMap, ConfigMapVolumeSource } from 'kubernetes-types/core/v1';
import type { Manifest } from '../manifest';

export interface ConfigMapProps {
  readonly name: string;
  readonly namespace: string;
  readonly data: Readonly<Record<string, string>>;
}

/** A ConfigMap, which holds no secret. */
export const configMap = ({ name, namespace, data }: ConfigMapProps): Manifest<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { ...data },
});

/** Files by their path below the folder in which a container finds them. */
export type Files = Readonly<Record<string, string>>;

/** Keys of a ConfigMap have no folders. */
const key = (path: string): string => path.replace('/', '-');

/** A ConfigMap of files, some of them in folders. */
export const filesMap = ({ files, ...props }: Omit<ConfigMapProps, 'data'> & { readonly files: Files }) =>
  configMap({ ...props, data: Object.fromEntries(Object.entries(files).map(([path, text]) => [key(path), text])) });

/** The source of a volume that has these files at their paths. */
export const filesSource = (name: string, files: Files): ConfigMapVolumeSource => ({
  name,
  items: Object.keys(files).map((path) => ({ key: key(path), path })),
});
