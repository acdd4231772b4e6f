import { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { applyManifests } from '../../lib/constructs/apply-manifests';
import { newApp, templateOf } from '../assemblies/synthesize';

const apply = (...objects: Parameters<typeof applyManifests>[1]) => applyTo([], ...objects);

const applyTo = (earlierNamespaces: readonly string[], ...objects: Parameters<typeof applyManifests>[1]) => {
  const stack = new Stack(newApp(), 'Stack');
  const kubectlProvider = KubectlProvider.fromKubectlProviderAttributes(stack, 'Kubectl', {
    serviceToken: 'arn:aws:lambda:eu-central-1:111111111111:function:kubectl',
    role: undefined as never,
  });
  applyManifests(
    Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'c', kubectlProvider, prune: false }),
    objects,
    earlierNamespaces,
  );
  return templateOf(stack);
};

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' } };

test('an object waits for its namespace, in whatever order they are given', () => {
  apply(config, namespace).hasResource('Custom::AWSCDK-EKS-KubernetesResource', {
    Properties: { Manifest: Match.serializedJson([Match.objectLike({ kind: 'ConfigMap' })]) },
    DependsOn: [Match.stringLikeRegexp('Namespaceshop')],
  });
});

test('the construct is named after the object, so that a renamed one is another one', () => {
  expect(Object.keys(apply(namespace, config).toJSON().Resources)).toEqual([
    expect.stringMatching(/^ClustermanifestNamespaceshop.{8}$/),
    expect.stringMatching(/^ClustermanifestConfigMapshopsettings.{8}$/),
  ]);
});

test('takes an object whose namespace an earlier stack made', () => {
  expect(Object.keys(applyTo(['shop'], config).toJSON().Resources)).toHaveLength(1);
  expect(() => applyTo(['other'], config)).toThrow('is in the namespace "shop", which nothing creates');
});

test('refuses an object whose namespace nothing creates', () => {
  expect(() => apply(config)).toThrow('ConfigMap-shop-settings is in the namespace "shop", which nothing creates');
});

test('refuses two objects of one name', () => {
  expect(() => apply(namespace, namespace)).toThrow(/already a Construct with name 'manifest-Namespace-shop'/);
});

const object = (kind: string, name: string, spec?: object) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

/** Objects that the object of a kind waits for. */
const neededBy = (template: Template, kind: string): readonly string[] => {
  const [, resource] = Object.entries<{ DependsOn: string[] }>(template.toJSON().Resources).find(([id]) =>
    id.includes(kind),
  )!;
  return resource.DependsOn.map((id) => id.replace(/^Clustermanifest|.{8}$/g, ''));
};

test('what runs pods waits for what they name, and for nothing else', () => {
  const pod = {
    serviceAccountName: 'web',
    containers: [{ name: 'web', envFrom: [{ configMapRef: { name: 'settings' } }] }],
    volumes: [
      { name: 'a', persistentVolumeClaim: { claimName: 'disk' } },
      { name: 'b', csi: { driver: 'd', volumeAttributes: { secretProviderClass: 'keys' } } },
      { name: 'c', configMap: { name: 'elsewhere' } },
    ],
  };
  const template = apply(
    namespace,
    object('Deployment', 'web', { template: { spec: pod } }),
    config,
    object('ConfigMap', 'others'),
    object('ServiceAccount', 'web'),
    object('PersistentVolumeClaim', 'disk'),
    object('SecretProviderClass', 'keys'),
  );
  expect(neededBy(template, 'Deployment')).toEqual([
    'ConfigMapshopsettings',
    'Namespaceshop',
    'PersistentVolumeClaimshopdisk',
    'SecretProviderClassshopkeys',
    'ServiceAccountshopweb',
  ]);
});

test('what binds a Service waits for it, and is deleted before it', () => {
  const binding = object('TargetGroupBinding', 'web', { serviceRef: { name: 'web', port: 80 } });
  const template = apply(namespace, binding, object('Service', 'web'), object('Service', 'other'));
  expect(neededBy(template, 'TargetGroupBinding')).toEqual(['Namespaceshop', 'Serviceshopweb']);
});

test('what runs pods waits for the network policies that are about them, and for no others', () => {
  const policy = (name: string, matchLabels?: object, own = 'shop') => ({
    ...object('NetworkPolicy', name, { podSelector: { matchLabels } }),
    metadata: { name, namespace: own },
  });
  const template = applyTo(
    ['elsewhere'],
    namespace,
    object('Job', 'once', { template: { metadata: { labels: { app: 'web', tier: 'front' } }, spec: {} } }),
    policy('every-pod'),
    policy('web', { app: 'web' }),
    policy('web-back', { app: 'web', tier: 'back' }),
    policy('web', { app: 'web' }, 'elsewhere'),
  );
  expect(neededBy(template, 'Job')).toEqual(['Namespaceshop', 'NetworkPolicyshopeverypod', 'NetworkPolicyshopweb']);
});

test('what runs pods waits for the limits of its namespace, which may have to be raised for it', () => {
  const template = apply(
    namespace,
    { ...namespace, metadata: { name: 'other' } },
    object('Deployment', 'web', { template: { spec: {} } }),
    object('Service', 'web'),
    object('ResourceQuota', 'quota'),
    object('LimitRange', 'limits'),
    { ...object('ResourceQuota', 'quota'), metadata: { name: 'quota', namespace: 'other' } },
  );
  expect(neededBy(template, 'Deployment')).toEqual(['LimitRangeshoplimits', 'Namespaceshop', 'ResourceQuotashopquota']);
  expect(neededBy(template, 'Service')).toEqual(['Namespaceshop']);
});

test('refuses what the API server would, all at once', () => {
  const [one, two] = ['one', 'two'].map((name) => ({
    ...config,
    metadata: { name, namespace: 'shop', labels: { tier: 'a b' } },
  }));
  expect(() => apply(namespace, one!, two!)).toThrow(
    /The API server would reject these values:\n {2}- ConfigMap one: metadata.labels.tier is "a b".*\n {2}- ConfigMap two: /,
  );
});

/** Whether each resource overwrites an object that exists already. */
const overwritten = (...objects: Parameters<typeof applyManifests>[1]) =>
  Object.values<{ Properties: { Overwrite: boolean } }>(apply(...objects).toJSON().Resources).map(
    ({ Properties }) => Properties.Overwrite,
  );

test('takes over what a failed deployment left behind, but no Job and no Secret', () => {
  expect(overwritten(namespace, config, object('Job', 'once'), object('Secret', 'key'))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
