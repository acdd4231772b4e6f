import { isDeepStrictEqual } from 'node:util';
import type { EnvironmentConfig, Releases } from '../lib/config/environment';
import { COLORS, type Color } from '../lib/model/names';
import { SERVICES } from '../lib/model/services';
import { selects } from '../rehearsal/src/cluster/selector';
import { withRelease } from './fixtures/services';
import { environment } from './fixtures';
import { ofKind } from './kinds';
import { objectsOf, once, ordered, propertiesOf, resourcesOf, type CfnResource, type Json } from './synth';

const prod = environment('prod');
const RELEASE = prod.releases['auth-service'];
const SERVICE = 'api-gateway';

/** Production with these colors of the gateway. */
const gateway = (live: Color, ...colors: readonly Color[]): EnvironmentConfig => ({
  ...prod,
  releases: {
    ...prod.releases,
    [SERVICE]: { live, ...Object.fromEntries(colors.map((color) => [color, RELEASE])) },
  } as Releases,
});

/** The resources of an environment, by their stack and logical id. */
const templates = (config: EnvironmentConfig): ReadonlyMap<string, CfnResource> =>
  new Map(
    once(config).stacks.flatMap(({ stackName, template }) =>
      Object.entries<CfnResource>(template.Resources ?? {}).map(
        ([id, resource]) => [`${stackName.replace('platform-prod-', '')} ${id}`, resource] as const,
      ),
    ),
  );

const withoutHash = (id: string) => id.replace(/[0-9A-F]{8}$/, '').replace(/[0-9a-f]{8}$/, '');

const told = ([id, { Type }]: readonly [string, CfnResource]) => `${withoutHash(id)}: ${Type}`;

/** The changes of a deployment of one environment over another one: `STACK ID: TYPE`. The order of resources is no change of them. */
const changes = (from: EnvironmentConfig, to: EnvironmentConfig) => {
  const [before, after] = [templates(from), templates(to)];
  return {
    made: [...after].filter(([id]) => !before.has(id)).map(told),
    removed: [...before].filter(([id]) => !after.has(id)).map(told),
    changed: [...after]
      .filter(([id, { Properties }]) => before.has(id) && !isDeepStrictEqual(before.get(id)!.Properties, Properties))
      .map(told)
      .toSorted(),
  };
};

const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';
const VALUE = 'Custom::AWSCDK-EKS-KubernetesObjectValue';

test.each([
  ['a switch', 'blue', 'green'],
  ['the way back', 'green', 'blue'],
] as const)(
  '%s changes one rule of the load balancer, the Service inside the cluster, and what waits and watches (S37)',
  (_, from, to) => {
    const { made, removed, changed } = changes(gateway(from, ...COLORS), gateway(to, ...COLORS));
    expect(changed).toEqual([
      'monitoring TiersDashboardloadbalancer: AWS::CloudWatch::Dashboard',
      'monitoring Tiersloadbalancernotargetsapi: AWS::CloudWatch::Alarm',
      `workloads ClustermanifestServiceplatformcoreapigateway: ${MANIFEST}`,
      'workloads Liveapigateway: AWS::ElasticLoadBalancingV2::ListenerRule',
      `workloads Wholeapigateway: ${VALUE}`,
    ]);
    // The wait for another color is another Job.
    const job = `workloads ClustermanifestJobplatformcoreapigatewayswitch: ${MANIFEST}`;
    expect([made, removed]).toEqual([[job], [job]]);
  },
);

test('bringing the other color changes nothing that is there, and taking it away neither', () => {
  for (const { made, removed, changed } of [
    changes(gateway('blue', 'blue'), gateway('blue', ...COLORS)),
    changes(gateway('blue', ...COLORS), gateway('blue', 'blue')),
  ]) {
    expect(changed).toEqual([]);
    const kinds = [...made, ...removed].map(
      (one) => /^workloads Clustermanifest(\w+)platformcoreapigatewaygreen(hpa)?: /.exec(one)?.[1],
    );
    expect(kinds.toSorted()).toEqual([
      'Deployment',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'Service',
      'TargetGroupBinding',
    ]);
  }
});

describe('with both colors', () => {
  const both = once(gateway('blue', ...COLORS));
  const workloads = resourcesOf(both, 'workloads');
  const objects = objectsOf(both).filter(({ metadata }) => metadata.namespace === SERVICES[SERVICE].namespace);
  const own = ofKind(objects, 'Deployment').filter(({ spec }) => spec.template.metadata.labels.app === SERVICE);

  test('no two Deployments, budgets or bindings share a pod', () => {
    expect(own.map(({ metadata }) => metadata.name)).toEqual([`${SERVICE}-blue`, `${SERVICE}-green`]);
    const selectors = [
      ...own.map(({ spec }) => spec.selector),
      ...ofKind(objects, 'PodDisruptionBudget').map(({ spec }) => spec.selector),
      ...ofKind(objects, 'TargetGroupBinding').map(({ spec: { serviceRef } }) => ({
        matchLabels: ofKind(objects, 'Service').find(({ metadata }) => metadata.name === serviceRef.name)!.spec
          .selector,
      })),
    ];
    for (const { spec } of own) {
      const { labels } = spec.template.metadata;
      // Of each kind, one selects its pods.
      expect(selectors.filter((selector) => selects(selector as never, labels))).toHaveLength(3);
    }
  });

  test('callers in the cluster reach the live one only, and Prometheus asks each pod once', () => {
    const services = ofKind(objects, 'Service').filter(({ metadata }) => metadata.labels?.app === SERVICE);
    const reached = ({ spec }: (typeof services)[number]) =>
      own
        .filter((one) => selects({ matchLabels: spec.selector } as never, one.spec.template.metadata.labels))
        .map(({ metadata }) => metadata.name);
    expect(services.map((one) => [one.metadata.name, reached(one), one.metadata.annotations !== undefined])).toEqual([
      [`${SERVICE}-blue`, [`${SERVICE}-blue`], true],
      [`${SERVICE}-green`, [`${SERVICE}-green`], true],
      [SERVICE, [`${SERVICE}-blue`], false],
    ]);
  });

  test('the rule names both target groups: a group that no rule names is not checked', () => {
    const rules = propertiesOf(workloads, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    const groups = rules.map(({ Actions }) => Actions[0].ForwardConfig.TargetGroups);
    expect(groups.map((list: Json) => list.map(({ Weight }: Json) => Weight))).toEqual([
      [100, 0],
      [100, 0],
    ]);
    const held = propertiesOf(resourcesOf(both, 'load-balancer'), 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(held.map(({ Conditions }) => Conditions[0].HostHeaderConfig.Values[0])).toEqual(
      expect.arrayContaining(['app.invalid', 'api.invalid']),
    );
  });

  test('users and callers get to a color after the wait for it, which comes after all that it waits for', () => {
    const idOf = (part: string) => Object.keys(workloads).find((id) => withoutHash(id) === part)!;
    const wait = idOf('Wholeapigateway');
    const job = Object.keys(workloads).find((id) => id.startsWith('ClustermanifestJobplatformcoreapigatewayswitch'))!;
    for (const later of ['Liveapigateway', 'ClustermanifestServiceplatformcoreapigateway'].map(idOf))
      expect([later, ordered(workloads, wait, later)]).toEqual([later, true]);
    expect(ordered(workloads, job, wait)).toBe(true);
    for (const kind of ['Deployment', 'TargetGroupBinding', 'HorizontalPodAutoscaler'])
      for (const color of COLORS) {
        const end = kind === 'HorizontalPodAutoscaler' ? `${color}hpa` : color;
        const needed = idOf(`Clustermanifest${kind}platformcoreapigateway${end}`);
        expect([needed, ordered(workloads, needed, job)]).toEqual([needed, true]);
      }
  });

  test('the wait sees the Deployments of its service and their autoscalers, and nothing else', () => {
    const job = ofKind(objects, 'Job').find(({ metadata }) => metadata.name.startsWith(`${SERVICE}-switch-`));
    const { initContainers = [], containers, serviceAccountName } = job!.spec.template.spec as Json;
    expect([...initContainers, ...containers].map(({ command }: Json) => command.join(' '))).toEqual([
      `kubectl wait horizontalpodautoscaler/${SERVICE}-blue-hpa --for=condition=AbleToScale --timeout=300s --namespace=platform-core`,
      `kubectl rollout status deployment/${SERVICE}-blue --namespace=platform-core`,
    ]);
    const role = ofKind(objects, 'Role').find(({ metadata }) => metadata.name === serviceAccountName);
    const names = COLORS.map((color) => `${SERVICE}-${color}`);
    expect(role!.rules.map(({ resources, verbs, resourceNames }: Json) => [resources, verbs, resourceNames])).toEqual([
      [['deployments'], ['get', 'list', 'watch'], names],
      [['horizontalpodautoscalers'], ['get', 'list', 'watch'], names.map((name) => `${name}-hpa`)],
    ]);
  });

  test('a color of its own number has at least as many pods', () => {
    const config = gateway('blue', ...COLORS);
    const raised = { ...config, releases: withRelease(config.releases, SERVICE, { replicas: 12 }) };
    const minimum = (color: Color) =>
      ofKind(objectsOf(once(raised)), 'HorizontalPodAutoscaler').find(
        ({ metadata }) => metadata.name === `${SERVICE}-${color}-hpa`,
      )!.spec.minReplicas;
    expect(COLORS.map(minimum)).toEqual([12, 5]);
  });
});
