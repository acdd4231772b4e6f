import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { objectsOf, type KubernetesObject } from '../../review/objects';
import { synthesize } from '../../review/synthesize';
import { EnvironmentName } from '../../test/fixtures';

/** Writes what the pods of Prometheus and Alertmanager of an environment find in their folders; the folder of each. */
export const deployedFiles = (name: EnvironmentName, folder: string): { prometheus: string; alertmanager: string } => {
  const objects = objectsOf(synthesize(name, join(folder, 'assembly'))).map(({ object }) => object);
  const [prometheus, alertmanager] = [join(folder, 'prometheus'), join(folder, 'alertmanager')];
  const { data } = find<ConfigMap>(objects, 'ConfigMap', 'prometheus-config');
  const { spec } = find<Deployment>(objects, 'Deployment', 'prometheus');
  const volume = spec?.template.spec?.volumes?.find((each) => each.configMap?.name === 'prometheus-config');
  for (const { key, path } of volume?.configMap?.items ?? []) write(join(prometheus, path), data![key]!);
  for (const [key, text] of Object.entries(find<ConfigMap>(objects, 'ConfigMap', 'alertmanager-config').data!))
    write(join(alertmanager, key), text);
  return { prometheus, alertmanager };
};

const find = <T>(objects: readonly KubernetesObject[], kind: string, name: string): T =>
  objects.find((object) => object.kind === kind && object.metadata.name === name) as T;

const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
