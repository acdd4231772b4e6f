import { SAMPLES } from '../sample';
import { sample, idsOf, ordered, resourcesOf } from '../synth';

const manifests = (name: keyof typeof SAMPLES) =>
  Object.fromEntries(
    idsOf(resourcesOf(sample(name), 'workloads'), 'Custom::AWSCDK-EKS-KubernetesResource').map((id) => {
      const [object, ...more] = JSON.parse(String(resourcesOf(sample(name), 'workloads')[id]?.Properties?.Manifest));
      expect(more).toEqual([]);
      return [id, object];
    }),
  );

test('holds its manifests itself, one object each', () => {
  expect(Object.values(manifests('prod')).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Namespace platform-core',
    'Namespace platform-apps',
    'Namespace platform-monitoring',
    'Deployment api-gateway',
    'Service api-gateway',
  ]);
});

test('makes every namespace before what lives in it', () => {
  for (const name of ['dev', 'prod'] as const) {
    const resources = resourcesOf(sample(name), 'workloads');
    const objects = Object.entries(manifests(name));
    const inside = objects.filter(([, { metadata }]) => metadata.namespace !== undefined);
    expect(inside.length).toBeGreaterThan(0);
    for (const [id, { metadata }] of inside) {
      const namespace = objects.find(
        ([, other]) => other.kind === 'Namespace' && other.metadata.name === metadata.namespace,
      );
      expect(ordered(resources, namespace![0], id)).toBe(true);
    }
  }
});

test('runs the image of the registry of its account (S18)', () => {
  const gateway = Object.values(manifests('prod')).find(({ kind }) => kind === 'Deployment');
  const { account, region, services } = SAMPLES.prod;
  const { imageTag, replicas } = services['api-gateway'];
  expect(gateway.spec.template.spec.containers[0].image).toBe(
    `${account}.dkr.ecr.${region}.amazonaws.com/platform/api-gateway:${imageTag}`,
  );
  expect(gateway.spec.replicas).toBe(replicas);
});

test('tells the operator which Secrets pods wait for', () => {
  const outputs = sample('prod').stacks.find(({ stackName }) => stackName.endsWith('workloads'))?.template.Outputs;
  expect(outputs.SecretsToProvide.Value).toBe(
    'platform-core/platform-secrets: redis-url, jwt-secret, core-database-url',
  );
});

test('shows no secret value, and no reference that would become one', () => {
  expect(JSON.stringify(manifests('prod'))).not.toMatch(/resolve:|"kind":"Secret"/);
});
