import type { PodSpec } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../rehearsal/cluster';
import { brokenReferences } from '../../rehearsal/references';

const metadata = (name: string) => ({ name, namespace: 'shop' });
const HELD = [
  { kind: 'Secret', metadata: metadata('keys'), data: { token: 'x' } },
  { kind: 'ConfigMap', metadata: metadata('settings'), data: { level: 'x' } },
  { kind: 'ServiceAccount', metadata: metadata('default') },
  { kind: 'PersistentVolumeClaim', metadata: metadata('disk') },
  {
    kind: 'SecretProviderClass',
    metadata: metadata('vault'),
    spec: { secretObjects: [{ secretName: 'synced', data: [{ key: 'password' }] }] },
  },
  { kind: 'Secret', metadata: { name: 'elsewhere', namespace: 'bank' } },
];

/** A cluster that holds what is above, and one Deployment with that pod. */
const clusterWith = (pod: Partial<PodSpec>, others: Record<string, unknown[]> = {}): Cluster => {
  const spec = { containers: [], ...pod };
  const deployment = {
    kind: 'Deployment',
    metadata: metadata('web'),
    spec: { template: { metadata: { labels: { app: 'web' } }, spec } },
  };
  return {
    kubectl: async () => 'secretproviderclasses.secrets-store.csi.x-k8s.io',
    get: async <T>(...resources: readonly string[]) => {
      const objects: unknown[] = resources.includes('deployments') ? [deployment] : (others[resources[0] ?? ''] ?? []);
      return (resources.includes('secrets') ? HELD : objects) as T[];
    },
  };
};
const variable = (valueFrom: object) => ({ containers: [{ name: 'web', env: [{ name: 'X', valueFrom }] }] });
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const vault = { csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'vault' } } };

test.each<[string, Partial<PodSpec>]>([
  ['nothing but its service account', {}],
  ['a key of a Secret', variable({ secretKeyRef: { name: 'keys', key: 'token' } })],
  ['a key of a ConfigMap', variable({ configMapKeyRef: { name: 'settings', key: 'level' } })],
  ['a Secret that is optional', variable({ secretKeyRef: { name: 'absent', key: 'x', optional: true } })],
  ['a claim', volume({ persistentVolumeClaim: { claimName: 'disk' } })],
  [
    'a Secret that its SecretProviderClass brings',
    { ...volume(vault), ...variable({ secretKeyRef: { name: 'synced', key: 'password' } }) },
  ],
])('a pod may refer to %s', async (_, pod) => {
  expect(await brokenReferences(clusterWith(pod))).toEqual([]);
});

test.each<[string, Partial<PodSpec>, string]>([
  ['Secret', variable({ secretKeyRef: { name: 'absent', key: 'x' } }), 'the Secret "absent", key "x"'],
  ['key of a Secret', variable({ secretKeyRef: { name: 'keys', key: 'x' } }), 'the Secret "keys", key "x"'],
  ['Secret of another namespace', volume({ secret: { secretName: 'elsewhere' } }), 'the Secret "elsewhere"'],
  ['ConfigMap', volume({ configMap: { name: 'absent' } }), 'the ConfigMap "absent"'],
  [
    'ConfigMap of an init container',
    { initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name: 'absent' } }] }] },
    'the ConfigMap "absent"',
  ],
  ['projected Secret', volume({ projected: { sources: [{ secret: { name: 'absent' } }] } }), 'the Secret "absent"'],
  [
    'key of a ConfigMap that a volume names',
    volume({ configMap: { name: 'settings', items: [{ key: 'x', path: 'x' }] } }),
    'the ConfigMap "settings", key "x"',
  ],
  ['pull secret', { imagePullSecrets: [{ name: 'absent' }] }, 'the Secret "absent"'],
  ['service account', { serviceAccountName: 'absent' }, 'the ServiceAccount "absent"'],
  ['claim', volume({ persistentVolumeClaim: { claimName: 'absent' } }), 'the PersistentVolumeClaim "absent"'],
  [
    'SecretProviderClass',
    volume({ csi: { driver: 'x', volumeAttributes: { secretProviderClass: 'absent' } } }),
    'the SecretProviderClass "absent"',
  ],
  [
    'Secret whose SecretProviderClass it does not mount',
    variable({ secretKeyRef: { name: 'synced', key: 'password' } }),
    'the Secret "synced"',
  ],
])('names a missing %s, and who refers to it', async (_, pod, what) => {
  const missing = await brokenReferences(clusterWith(pod));
  expect(missing).toEqual([expect.stringContaining(`Deployment shop/web refers to ${what}`)]);
  expect(missing[0]).toMatch(/which does not exist$/);
});

const named = (kind: string, name: string, spec: object) => ({ kind, metadata: metadata(name), spec });
const POD = { containers: [{ name: 'web', ports: [{ containerPort: 80, name: 'http' }] }] };

test('what points to pods and workloads that are there is in order', async () => {
  const cluster = clusterWith(POD, {
    services: [named('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] })],
    poddisruptionbudgets: [named('PodDisruptionBudget', 'web', { selector: { matchLabels: { app: 'web' } } })],
    horizontalpodautoscalers: [
      named('HorizontalPodAutoscaler', 'web', { scaleTargetRef: { kind: 'Deployment', name: 'web' } }),
    ],
  });
  expect(await brokenReferences(cluster)).toEqual([]);
});

test.each<[string, string, object, string]>([
  [
    'services',
    'Service',
    { selector: { app: 'wbe' } },
    'Service shop/x selects no pod: no workload has the labels app=wbe',
  ],
  [
    'services',
    'Service',
    { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'htp' }] },
    'Service shop/x leads to the port "htp", which no container has',
  ],
  [
    'poddisruptionbudgets',
    'PodDisruptionBudget',
    { selector: { matchLabels: { app: 'wbe' } } },
    'PodDisruptionBudget shop/x selects no pod: no workload has the labels app=wbe',
  ],
  [
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    { scaleTargetRef: { kind: 'Deployment', name: 'wbe' } },
    'HorizontalPodAutoscaler shop/x scales the Deployment "wbe", which does not exist',
  ],
])('of %s, names one that points to nothing', async (resource, kind, spec, message) => {
  expect(await brokenReferences(clusterWith(POD, { [resource]: [named(kind, 'x', spec)] }))).toEqual([message]);
});
