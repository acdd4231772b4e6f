import { deploymentsOf } from '../../lib/config/derive/deployments';
import { RELEASE_LABEL } from '../../lib/model/labels';
import { SERVICE_NAMES, type ServiceName } from '../../lib/model/names';
import { SERVICES } from '../../lib/model/services';
import { SERVICE_SITES } from '../../lib/model/sites';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { SAMPLES } from '../sample';
import { idsOf, manifestsOf, once, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const waits = (resources: Record<string, Json>) =>
  propertiesOf(resources, 'Custom::AWSCDK-EKS-KubernetesObjectValue').filter(
    ({ ObjectType }) => ObjectType === 'replicasets',
  );

const asked = (config: EnvironmentConfig) =>
  waits(resourcesOf(once(config), 'workloads')).map(({ ObjectName }) => ObjectName);

describe('a release that never gets ready', () => {
  const prod = resourcesOf(sample('prod'), 'workloads');
  const deployments = manifestsOf(sample('prod'), 'Deployment').filter(([, { metadata }]) =>
    (SERVICE_NAMES as readonly string[]).includes(metadata.labels.app!),
  );

  test('fails the deployment: it waits for an available pod of each service', () => {
    expect(deployments).toHaveLength(SERVICE_NAMES.length);
    const bindings = manifestsOf(sample('prod'), 'TargetGroupBinding').filter(([id]) => id in prod);
    expect(bindings).toHaveLength(SERVICE_SITES.length);
    for (const [id, { metadata, spec }] of deployments) {
      const { app, [RELEASE_LABEL]: release } = spec.template.metadata.labels;
      const { id: wait, ...question } = waits(prod).find(({ ObjectName }) => ObjectName.includes(`app=${app},`))!;
      expect(question).toMatchObject({
        ObjectName: `--selector=app=${app},release=${release}`,
        ObjectNamespace: metadata.namespace,
        JsonPath: '.items[?(@.status.availableReplicas)].metadata.name',
      });
      expect(question.TimeoutSeconds).toBeLessThan(900);
      const own = bindings.filter(([, binding]) => binding.spec.serviceRef.name === metadata.name);
      expect([app, own.length]).toEqual([app, SERVICES[app as ServiceName].site === undefined ? 0 : 1]);
      const rule = idsOf(prod, 'AWS::EC2::SecurityGroupIngress').find((one) =>
        one.includes('fromprodWorkloadsLoadBalancer'),
      );
      const service = manifestsOf(sample('prod'), 'Service').find(([, found]) => found.metadata.name === metadata.name);
      for (const [needed] of [[id], [rule], ...(own.length > 0 ? [service!] : []), ...own])
        expect([app, ordered(prod, needed as string, wait)]).toEqual([app, true]);
    }
  });

  test('is asked for by what its pods are: another image is another question, of that service only', () => {
    const { prod: config } = SAMPLES;
    const { release } = deploymentsOf(config.releases, 'frontend')[0]!;
    const frontend = { live: 'blue', blue: { ...release, tag: '1.0.1' } } as const;
    const before = asked(config);
    const changed = asked({ ...config, releases: { ...config.releases, frontend } });
    expect(changed.filter((one) => !before.includes(one))).toEqual([
      expect.stringMatching(/^--selector=app=frontend,release=[0-9a-f]{8}$/),
    ]);
  });

  test('is told apart by nothing that selects pods', () => {
    for (const kind of ['Deployment', 'Service', 'NetworkPolicy', 'PodDisruptionBudget'] as const)
      for (const [, { spec }] of manifestsOf(sample('prod'), kind)) {
        const { selector, podSelector } = spec as Json;
        expect(JSON.stringify([selector, podSelector])).not.toContain(`"${RELEASE_LABEL}":`);
      }
  });
});
