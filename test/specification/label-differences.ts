import type { Section } from './difference';
import type { Value } from './fields';

const KEY = 'app.kubernetes.io';

/** Labels below a path. */
const labels = (path: string, values: Readonly<Record<string, Value>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${path}.labels.${KEY}/${key}`, value]));

const common = (component: string) => ({
  name: '{name}',
  instance: '{name}',
  component,
  'part-of': 'service-management-platform',
  'managed-by': 'aws-cdk',
});

const part = (component: string, title: string, kinds: string, rest: string): readonly Section[] => [
  {
    title: `Labels of every object of ${title}`,
    objects: new RegExp(`^(Deployment|${kinds}) ${rest}`),
    differences: [
      {
        fields: labels('metadata', common(component)),
        reason: 'Kubernetes recommends them, and tools show by them what belongs together. Nothing selects by them.',
      },
    ],
  },
  {
    title: `Labels of the Deployment and the pods of ${title}`,
    objects: new RegExp(`^Deployment ${rest}`),
    differences: [
      {
        fields: {
          ...labels('metadata', { version: '*' }),
          ...labels('spec.template.metadata', { ...common(component), version: '*' }),
        },
        reason: 'Pods have the same labels, and the tag of the image that they run.',
      },
    ],
  },
];

/** The labels that Kubernetes recommends. */
export const RECOMMENDED_LABELS: readonly Section[] = [
  ...part('service', 'a service', 'Service|HorizontalPodAutoscaler', 'platform-(core|apps)/(?!mysql-|redis-)'),
  ...part(
    'monitoring',
    'Prometheus and Grafana',
    'Service|ServiceAccount|ConfigMap|PersistentVolumeClaim',
    'platform-monitoring/(prometheus|grafana)',
  ),
];
