import type { Json, Stack, Template } from '../../review/assembly';
import { changes } from '../../review/changes';
import { comment } from '../../review/comment';

export type Resources = Record<string, Json>;

export const stack = (resources: Resources, name = 'mysql', outputs: Template['Outputs'] = {}): Stack => ({
  name: `platform-prod-${name}`,
  path: `prod/${name}`,
  template: {
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, value]) => [
        id,
        { Metadata: { 'aws:cdk:path': `prod/${name}/${id.replace(/[0-9A-F]{8}$/, '')}/Resource` }, ...value },
      ]),
    ),
    Outputs: outputs,
  },
});

export const manifest = (...objects: Json[]) => ({
  Type: 'Custom::AWSCDK-EKS-KubernetesResource',
  Properties: { Manifest: JSON.stringify(objects), ClusterName: 'platform-prod' },
});

export const configMap = (data: Json, name = 'settings') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'core' },
  data,
});

/** The comment on a change of production from some stacks to others. */
export const commentOn = (before: readonly Stack[], after: readonly Stack[]) =>
  comment({ name: 'aaaaaaa', commit: 'a' }, { name: 'working tree' }, [
    { name: 'prod', result: changes(before, after) },
  ]);

export const between = (before: Resources, after: Resources) => commentOn([stack(before)], [stack(after)]);

export const warned = (text: string) => text.split('\n').filter((line) => line.startsWith('> - '));
