import type { PodSpec } from 'kubernetes-types/core/v1';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import { brokenReferences } from '../../rehearsal/src/steps/references';
import type { Vault } from '../../rehearsal/src/steps/vault';

const metadata = (name: string) => ({ name, namespace: 'shop' });
const HELD = [
  { kind: 'Secret', metadata: metadata('keys'), data: { token: 'x' } },
  { kind: 'ConfigMap', metadata: metadata('settings'), data: { level: 'x' } },
  { kind: 'ServiceAccount', metadata: metadata('default') },
  { kind: 'PersistentVolumeClaim', metadata: metadata('disk') },
  {
    kind: 'SecretProviderClass',
    metadata: metadata('vault'),
    spec: {
      parameters: {
        usePodIdentity: 'true',
        objects: JSON.stringify([{ objectName: 'db', objectType: 'secretsmanager' }]),
      },
      secretObjects: [{ secretName: 'synced', data: [{ objectName: 'db', key: 'password' }] }],
    },
  },
  { kind: 'Secret', metadata: { name: 'elsewhere', namespace: 'bank' } },
];

/** A cluster that holds what is above, and one Deployment with that pod. */
const clusterWith = (
  pod: Partial<PodSpec>,
  others: Record<string, unknown[]> = {},
  held: readonly unknown[] = HELD,
): Pick<Cluster, 'get'> => {
  const spec = { containers: [], ...pod };
  const deployment = {
    kind: 'Deployment',
    metadata: metadata('web'),
    spec: { template: { metadata: { labels: { app: 'web' } }, spec } },
  };
  return {
    get: async <T>(...resources: readonly string[]) => {
      const objects: unknown[] = resources.includes('deployments') ? [deployment] : (others[resources[0] ?? ''] ?? []);
      return (resources.includes('secrets') ? held : objects) as T[];
    },
  };
};
const variable = (valueFrom: object) => ({ containers: [{ name: 'web', env: [{ name: 'X', valueFrom }] }] });
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const vault = {
  csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true, volumeAttributes: { secretProviderClass: 'vault' } },
};
const syncing = { clusterrolebindings: [{ roleRef: { name: 'secretprovidersyncing-role' } }] };
const version = { id: 'v1', stages: ['AWSCURRENT'], value: 'hidden' };
const place = { account: '1', region: 'r' };
const VAULT: Vault = {
  region: 'r',
  secrets: [{ ...place, name: 'db', arn: 'arn:db-abcdef', deleted: false, versions: [version] }],
  identities: [
    { ...place, cluster: 'c', namespace: 'shop', serviceAccount: 'default', role: 'R', untrusting: [], denied: {} },
  ],
};

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
  expect(await brokenReferences(clusterWith(pod, syncing), VAULT)).toEqual([]);
});

test('a class of secrets that a pod cannot mount is told, with every reason', async () => {
  const bindings = { clusterrolebindings: [{ roleRef: { name: 'other' } }] };
  const missing = await brokenReferences(clusterWith(volume(vault), bindings));
  const mounts = 'Deployment shop/web cannot mount the SecretProviderClass "vault": ';
  expect(missing).toEqual([
    `${mounts}the driver may not create its Secrets: set syncSecret.enabled in the configuration of the add-on`,
    `${mounts}usePodIdentity is "true", and the service account "default" has no Pod Identity association`,
    `${mounts}the secret "db" does not exist`,
  ]);
});

test('the annotations of the service account that the pod has count', async () => {
  const { spec, ...vaultClass } = HELD[4] as { spec: { parameters: object } };
  const held = [
    { ...vaultClass, spec: { parameters: { ...spec.parameters, usePodIdentity: 'false' } } },
    {
      kind: 'ServiceAccount',
      metadata: { ...metadata('default'), annotations: { 'eks.amazonaws.com/role-arn': 'R' } },
    },
    { kind: 'ServiceAccount', metadata: metadata('plain') },
  ];
  const cluster = (pod: object) => clusterWith({ ...volume(vault), ...pod }, syncing, held);
  expect(await brokenReferences(cluster({}), VAULT)).toEqual([]);
  expect(await brokenReferences(cluster({ serviceAccountName: 'plain' }), VAULT)).toEqual([
    expect.stringContaining('the service account "plain" has no eks.amazonaws.com/role-arn'),
  ]);
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

const OWN = '111111111111.dkr.ecr.r.amazonaws.com/platform';
const REGISTRY = {
  account: '111111111111',
  repositories: [
    { account: '111111111111', region: 'r', repository: 'platform/web', tags: ['1', 'latest'], digests: ['sha256:aa'] },
  ],
};
const images = (...names: string[]) => ({ containers: names.map((image) => ({ name: 'web', image })) });

test('images of the own registry that are there, and all others, can be pulled', async () => {
  const there = images(`${OWN}/web:1`, `${OWN}/web`, `${OWN}/web@sha256:aa`, 'mysql:8', `2${OWN.slice(1)}/web:9`);
  expect(await brokenReferences(clusterWith(there), undefined, REGISTRY)).toEqual([]);
});

test.each([
  ['tag', `${OWN}/web:2`, 'the registry has no such tag; push it first'],
  ['digest', `${OWN}/web:1@sha256:bb`, 'the registry has no such digest; push it first'],
  ['repository', `${OWN}/other:1`, 'the registry has no repository platform/other in r'],
  [
    'repository in its region',
    `${OWN.replace('.r.', '.s.')}/web:1`,
    'the registry has no repository platform/web in s',
  ],
])('an image of the own registry without its %s is told', async (_, image, problem) => {
  const told = [`Deployment shop/web runs ${image}: ${problem}`];
  expect(await brokenReferences(clusterWith(images(image)), undefined, REGISTRY)).toEqual(told);
  const before = {
    containers: [],
    initContainers: [
      { name: 'before', image },
      { name: 'again', image },
    ],
  };
  expect(await brokenReferences(clusterWith(before), undefined, REGISTRY)).toEqual(told);
});
