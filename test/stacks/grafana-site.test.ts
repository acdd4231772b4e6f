import { SAMPLES, WITH_GRAFANA } from '../sample';
import { once, propertiesOf, resourcesOf, sample, type CfnResource, type Json } from '../synth';
import { allHostsOf } from '../sites';

const open = once(WITH_GRAFANA);
const closed = sample('prod');
const nameless = once({ ...WITH_GRAFANA, domain: undefined });
const host = 'grafana.platform.example';

const distributionIn = (of: typeof open): Json =>
  propertiesOf(resourcesOf(of, 'edge'), 'AWS::CloudFront::Distribution').find(({ DistributionConfig }) =>
    DistributionConfig.Comment.endsWith(': grafana'),
  );
const policyOf = (id: Json): Json => resourcesOf(open, 'edge')[id.Ref]?.Properties?.ResponseHeadersPolicyConfig;
const firewall = resourcesOf(open, 'grafana-firewall');
const [acl] = propertiesOf(firewall, 'AWS::WAFv2::WebACL');

/** Every resource of an assembly, as `STACK ID`. */
const resources = (of: typeof open): ReadonlyMap<string, CfnResource> =>
  new Map(
    of.stacks.flatMap(({ stackName, template }) =>
      Object.entries<CfnResource>(template.Resources).map(
        ([id, resource]) => [`${stackName} ${id}`, resource] as const,
      ),
    ),
  );

describe('the firewall of Grafana', () => {
  test.each(['block', 'count'] as const)('refuses all but the networks of the list, also where others %s', (mode) => {
    const edge = { ...WITH_GRAFANA.edge, firewall: mode };
    const stack = resourcesOf(once({ ...WITH_GRAFANA, edge }), 'grafana-firewall');
    const [{ id, ...set } = { id: '' }] = propertiesOf(stack, 'AWS::WAFv2::IPSet');
    expect(set).toMatchObject({
      Scope: 'CLOUDFRONT',
      IPAddressVersion: 'IPV4',
      Addresses: ['198.51.100.0/24', '203.0.113.7/32'],
    });
    const [{ Scope, DefaultAction, Rules } = {}] = propertiesOf(stack, 'AWS::WAFv2::WebACL');
    expect([Scope, DefaultAction]).toEqual(['CLOUDFRONT', { Block: {} }]);
    expect(Rules.filter(({ Action }: Json) => Action?.Allow).map(({ Statement }: Json) => Statement)).toEqual([
      { IPSetReferenceStatement: { Arn: { 'Fn::GetAtt': [id, 'Arn'] } } },
    ]);
  });

  test.each(['block', 'count'] as const)(
    'gives its metrics to nobody, however their path is written, also where others %s',
    (mode) => {
      const edge = { ...WITH_GRAFANA.edge, firewall: mode };
      const [{ Rules } = {}] = propertiesOf(
        resourcesOf(once({ ...WITH_GRAFANA, edge }), 'grafana-firewall'),
        'AWS::WAFv2::WebACL',
      );
      const [first] = Rules.toSorted((one: Json, other: Json) => one.Priority - other.Priority);
      expect([first.Action, first.Statement]).toEqual([
        { Block: {} },
        {
          ByteMatchStatement: {
            FieldToMatch: { UriPath: {} },
            PositionalConstraint: 'STARTS_WITH',
            SearchString: '/metrics',
            TextTransformations: [
              { Priority: 0, Type: 'URL_DECODE' },
              { Priority: 1, Type: 'NORMALIZE_PATH' },
            ],
          },
        },
      ]);
    },
  );

  test('looks at addresses only: queries look like attacks', () => {
    const managed = acl?.Rules.flatMap(({ Statement }: Json) => Statement.ManagedRuleGroupStatement?.Name ?? []);
    expect(managed).toEqual(['AWSManagedRulesAmazonIpReputationList']);
  });

  test('goes with its log, which would be in the way of the next one', () => {
    const kept = Object.values(firewall).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
    expect(kept).toEqual([]);
    expect(propertiesOf(firewall, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName)).toEqual([
      'aws-waf-logs-platform-prod-grafana',
    ]);
  });

  test('comes before the distribution, and goes after it', () => {
    const needs = (of: typeof open, stack: string) =>
      of.stacks
        .find(({ stackName }) => stackName === `platform-prod-${stack}`)!
        .dependencies.map(({ id }) => id.replace(/^prod|[0-9A-F]{8}$/g, ''))
        .filter((id) => ['Edge', 'GrafanaFirewall'].includes(id));
    expect(needs(open, 'edge')).toEqual(['GrafanaFirewall']);
    expect(needs(open, 'grafana-firewall')).toEqual([]);
    expect(needs(closed, 'edge')).toEqual([]);
    expect(needs(closed, 'grafana-firewall')).toEqual(['Edge']);
  });
});

describe('the distribution of Grafana', () => {
  const config = distributionIn(open).DistributionConfig;

  test('passes everything on as it came, keeps nothing, and has no addresses of IPv6, which the list has not', () => {
    expect(config.CacheBehaviors).toBeUndefined();
    expect(config.DefaultCacheBehavior).toMatchObject({
      TargetOriginId: 'load-balancer',
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: '33f36d7e-f396-46d9-90e0-52428a34d9dc',
    });
    expect(config.DefaultCacheBehavior.AllowedMethods).toHaveLength(7);
    expect([config.Aliases, config.IPV6Enabled]).toEqual([[host], false]);
    expect(config.Origins).toHaveLength(1);
    const records = propertiesOf(resourcesOf(open, 'edge'), 'AWS::Route53::RecordSet');
    expect(records.filter(({ Name }) => Name === `${host}.`).map(({ Type }) => Type)).toEqual(['A']);
  });

  test('says nothing of what its pages may load: Grafana does', () => {
    const { SecurityHeadersConfig, CorsConfig } = policyOf(config.DefaultCacheBehavior.ResponseHeadersPolicyId);
    expect(Object.keys(SecurityHeadersConfig).toSorted()).toEqual([
      'ContentTypeOptions',
      'FrameOptions',
      'ReferrerPolicy',
      'StrictTransportSecurity',
    ]);
    expect(CorsConfig).toBeUndefined();
  });

  test('without a domain is told by a header, and has a firewall too', () => {
    const { DistributionConfig } = distributionIn(nameless);
    expect(DistributionConfig.Origins[0].OriginCustomHeaders).toEqual([
      { HeaderName: 'x-platform-site', HeaderValue: 'grafana' },
    ]);
    expect(DistributionConfig.WebACLId['Fn::GetStackOutput'].StackName).toBe('platform-prod-grafana-firewall');
    const conditions = ['load-balancer', 'workloads']
      .flatMap((stack) => propertiesOf(resourcesOf(nameless, stack), 'AWS::ElasticLoadBalancingV2::ListenerRule'))
      .flatMap(({ Conditions }) => Conditions[0].HttpHeaderConfig?.Values ?? []);
    expect(conditions.toSorted()).toEqual(['api', 'app', 'grafana']);
  });
});

test('its target group asks Grafana, behind a rule of its own', () => {
  const balancer = resourcesOf(open, 'load-balancer');
  const group = propertiesOf(balancer, 'AWS::ElasticLoadBalancingV2::TargetGroup').find(
    ({ HealthCheckPath }) => HealthCheckPath === '/api/health',
  );
  expect(group).toMatchObject({ Port: 3000, TargetType: 'ip', Protocol: 'HTTP' });
  const rules = propertiesOf(balancer, 'AWS::ElasticLoadBalancingV2::ListenerRule').filter(
    ({ Actions }) => Actions[0].TargetGroupArn?.Ref === group?.id,
  );
  expect(rules.map(({ Priority, Conditions }) => [Priority, Conditions[0].HostHeaderConfig.Values])).toEqual([
    [3, [host]],
  ]);
});

/** The names of the certificates of both ends of CloudFront. */
const certified = (of: typeof open) =>
  ['load-balancer', 'edge-security'].map((stack) => {
    const [one] = propertiesOf(resourcesOf(of, stack), 'AWS::CertificateManager::Certificate');
    return [one!.DomainName, ...one!.SubjectAlternativeNames];
  });

test('certificates have its name while it is public only, whatever name is configured', () => {
  for (const names of certified(open)) expect(names).toEqual(allHostsOf(WITH_GRAFANA));
  for (const names of certified(once({ ...SAMPLES.prod, domain: WITH_GRAFANA.domain })))
    expect(names).toEqual(allHostsOf(WITH_GRAFANA).filter((each) => each !== WITH_GRAFANA.domain!.hosts.grafana));
});

test('nobody is woken for it', () => {
  const ofGrafana = ['monitoring', 'edge-monitoring'].flatMap((stack) =>
    propertiesOf(resourcesOf(open, stack), 'AWS::CloudWatch::Alarm')
      .map(({ id, AlarmName }) => [AlarmName.replace('platform-prod-', ''), id])
      .filter(([name]) => name.endsWith('-grafana'))
      .map(([name, id]) => {
        const composite = propertiesOf(resourcesOf(open, stack), 'AWS::CloudWatch::CompositeAlarm').find((one) =>
          JSON.stringify(one.AlarmRule).includes(`"${id}"`),
        );
        return `${name}: ${composite?.AlarmName.split('-').at(-1)}`;
      }),
  );
  expect(ofGrafana.toSorted()).toEqual([
    'edge-errors-grafana: warning',
    'edge-latency-grafana: warning',
    'edge-origin-grafana: warning',
    'firewall-surge-grafana: warning',
    'load-balancer-no-targets-grafana: warning',
    'load-balancer-unhealthy-targets-grafana: warning',
  ]);
});

test('nothing of it is there while nobody may reach it, but the list', () => {
  const [before, after] = [resources(closed), resources(open)];
  const added = [...after.keys()].filter((id) => !before.has(id));
  expect([...before.keys()].filter((id) => !after.has(id))).toEqual([]);
  expect(added.map((id) => after.get(id)!.Type).toSorted()).toEqual([
    'AWS::CloudFront::Distribution',
    'AWS::CloudFront::MonitoringSubscription',
    'AWS::CloudFront::ResponseHeadersPolicy',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Alarm',
    'AWS::ElasticLoadBalancingV2::ListenerRule',
    'AWS::ElasticLoadBalancingV2::TargetGroup',
    'AWS::IAM::Policy',
    'AWS::Logs::Delivery',
    'AWS::Logs::DeliverySource',
    'AWS::Logs::LogGroup',
    'AWS::Logs::QueryDefinition',
    'AWS::Logs::QueryDefinition',
    'AWS::Route53::RecordSet',
    'AWS::WAFv2::LoggingConfiguration',
    'AWS::WAFv2::WebACL',
    'Custom::AWSCDK-EKS-KubernetesResource',
  ]);
  expect(propertiesOf(resourcesOf(closed, 'grafana-firewall'), 'AWS::WAFv2::IPSet')).toMatchObject([{ Addresses: [] }]);
});

/** Names of what a stack exports, and of what all others import. */
const exportsOf = (of: typeof open, stack: string): readonly string[] =>
  Object.values<Json>(of.stacks.find(({ stackName }) => stackName.endsWith(`-${stack}`))!.template.Outputs ?? {})
    .flatMap(({ Export }) => Export?.Name ?? [])
    .toSorted();

test.each([
  ['with a domain', open, closed],
  ['without one', nameless, once({ ...SAMPLES.prod, domain: undefined })],
])('nothing that goes with it is exported, %s: what goes may be imported still', (_, one, other) => {
  for (const stack of ['load-balancer', 'edge', 'edge-security', 'grafana-firewall'])
    expect(exportsOf(one, stack)).toEqual(exportsOf(other, stack));
});
