import { CLOUDFRONT_PREFIX_LISTS } from '../../lib/model/cloudfront-prefix-lists';
import { DEREGISTRATION_DELAY, IDLE_TIMEOUT, ORIGIN_READ_TIMEOUT } from '../../lib/model/origin';
import type { SiteName } from '../../lib/model/names';
import { SERVICE_SITES, SITES } from '../../lib/model/sites';
import { SAMPLES } from '../sample';
import { flat, once, propertiesOf, resourcesOf, sample, type CfnResource, type Json } from '../synth';
import { allHostsOf, hostsOf, OPEN_SITES } from '../sites';

const prod = resourcesOf(sample('prod'), 'load-balancer');
const unnamed = resourcesOf(once({ ...SAMPLES.dev, domain: undefined }), 'load-balancer');
const only = (type: string, resources: Record<string, CfnResource> = prod): Json => {
  const [one, ...more] = propertiesOf(resources, `AWS::ElasticLoadBalancingV2::${type}`);
  if (!one || more.length > 0) throw new Error(`not exactly one ${type}`);
  return one;
};
const rules = (resources = prod) => propertiesOf(resources, 'AWS::ElasticLoadBalancingV2::ListenerRule');
/** The rule of a site: that of a service comes with its pods. */
const ruleOf = (site: SiteName, of = sample('prod')): Json =>
  [...rules(resourcesOf(of, 'load-balancer')), ...rules(resourcesOf(of, 'workloads'))].find(
    ({ Priority }) => Priority === SITES[site].priority,
  );
/** The target groups of the rule of a site, by the id of their construct, with their weights. */
const groupsOf = (site: SiteName) =>
  ruleOf(site).Actions.flatMap(({ TargetGroupArn, ForwardConfig }: Json) =>
    (ForwardConfig?.TargetGroups ?? [{ TargetGroupArn }]).map((group: Json) => [
      /Targets(\w+?)[0-9A-F]{8}/.exec(JSON.stringify(group.TargetGroupArn))?.[1],
      group.Weight,
    ]),
  );
const targetGroups = propertiesOf(prod, 'AWS::ElasticLoadBalancingV2::TargetGroup');
const attributes = (list: Json) => Object.fromEntries(list.map(({ Key, Value }: Json) => [Key, Value]));

describe('the load balancer', () => {
  const loadBalancer = only('LoadBalancer');
  const settings = attributes(loadBalancer.LoadBalancerAttributes);

  test('is private, in a subnet of each zone that no machine of the data tier is in', () => {
    expect(loadBalancer).toMatchObject({ Type: 'application', Scheme: 'internal' });
    expect(loadBalancer.Subnets.map((subnet: Json) => /PrivateSubnet\d/.exec(JSON.stringify(subnet))?.[0])).toEqual(
      [1, 2, 3].map((zone) => `PrivateSubnet${zone}`),
    );
  });

  test('drops what could be read in two ways, and waits longer than CloudFront does', () => {
    expect(settings).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'defensive',
      'idle_timeout.timeout_seconds': `${IDLE_TIMEOUT}`,
    });
    expect(IDLE_TIMEOUT).toBeGreaterThan(ORIGIN_READ_TIMEOUT);
  });

  test('is protected from deletion as the configuration says', () => {
    expect(settings['deletion_protection.enabled']).toBe('true');
    expect(attributes(only('LoadBalancer', unnamed).LoadBalancerAttributes)['deletion_protection.enabled']).toBe(
      'false',
    );
  });

  test('writes access logs where the bucket lets it', () => {
    const storage = resourcesOf(sample('prod'), 'storage');
    const statements: Json[] = propertiesOf(storage, 'AWS::S3::BucketPolicy').flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    const delivery = statements.find(
      ({ Principal }) => Principal.Service === 'logdelivery.elasticloadbalancing.amazonaws.com',
    );
    const prefix = settings['access_logs.s3.prefix'];
    expect(settings['access_logs.s3.enabled']).toBe('true');
    expect(JSON.stringify(settings['access_logs.s3.bucket'])).toContain('platform-prod-storage');
    expect(flat(delivery.Resource)).toBe(`TOKEN/${prefix}/AWSLogs/${SAMPLES.prod.account}/*`);
  });
});

describe('its firewall', () => {
  test.each([
    ['with names', prod, 443],
    ['without', unnamed, 80],
  ])('%s, lets CloudFront in on one port, and nobody else', (_, resources, port) => {
    expect(propertiesOf(resources, 'AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({
        SourcePrefixListId: CLOUDFRONT_PREFIX_LISTS[SAMPLES.prod.region],
        IpProtocol: 'tcp',
        FromPort: port,
        ToPort: port,
      }),
    ]);
    for (const { SecurityGroupIngress } of propertiesOf(resources, 'AWS::EC2::SecurityGroup'))
      expect(SecurityGroupIngress).toBeUndefined();
    expect(only('Listener', resources).Port).toBe(port);
  });

  test('lets nothing out: who runs pods opens the way to them. Without any rule, EC2 would let everything out', () => {
    for (const { SecurityGroupEgress } of propertiesOf(prod, 'AWS::EC2::SecurityGroup'))
      expect(SecurityGroupEgress).toEqual([
        expect.objectContaining({ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }),
      ]);
    expect(propertiesOf(prod, 'AWS::EC2::SecurityGroupEgress')).toEqual([]);
  });
});

const kept = ({ GroupDescription }: Json) => GroupDescription === 'Load balancer: to pods';

test('another port has another group, for no group has room for the prefix list twice', () => {
  const idOf = (resources: typeof prod) => propertiesOf(resources, 'AWS::EC2::SecurityGroupIngress')[0]?.GroupId;
  expect(idOf(prod)).not.toEqual(idOf(unnamed));
  const [own, other] = [prod, unnamed].map((of) => propertiesOf(of, 'AWS::EC2::SecurityGroup').find(kept)?.id);
  expect(own).toBe(other); // which the pods' rules name
});

describe('requests', () => {
  test('are read with TLS 1.2 or newer, under a certificate with all names', () => {
    const [certificate] = propertiesOf(prod, 'AWS::CertificateManager::Certificate');
    expect(only('Listener')).toMatchObject({
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      Certificates: [{ CertificateArn: { Ref: certificate!.id } }],
    });
    expect([certificate!.DomainName, ...certificate!.SubjectAlternativeNames]).toEqual(allHostsOf(SAMPLES.prod));
  });

  test('of no site are answered with 404', () => {
    for (const resources of [prod, unnamed])
      expect(only('Listener', resources).DefaultActions).toEqual([
        { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } },
      ]);
  });

  test('are told apart by all names of a site', () => {
    expect(OPEN_SITES.map((site) => ruleOf(site).Conditions)).toEqual(
      OPEN_SITES.map((site) => [{ Field: 'host-header', HostHeaderConfig: { Values: hostsOf(SAMPLES.prod, site) } }]),
    );
  });

  test('without names by the header of their distribution, and in clear', () => {
    const named = once({ ...SAMPLES.dev, domain: undefined });
    expect(only('Listener', unnamed)).toMatchObject({ Protocol: 'HTTP' });
    expect(propertiesOf(unnamed, 'AWS::CertificateManager::Certificate')).toEqual([]);
    expect(OPEN_SITES.map((site) => ruleOf(site, named).Conditions)).toEqual(
      OPEN_SITES.map((site) => [
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-platform-site', Values: [site] } },
      ]),
    );
  });

  test('go to the target group of their site, by rules that keep their place', () => {
    expect(OPEN_SITES.map((site) => [ruleOf(site).Priority, groupsOf(site)])).toEqual(
      OPEN_SITES.map(
        (site) =>
          ({
            app: [
              1,
              [
                ['appblue', 100],
                ['appgreen', 0],
              ],
            ],
            api: [
              2,
              [
                ['apiblue', 100],
                ['apigreen', 0],
              ],
            ],
            grafana: [3, [['grafana', undefined]]],
          })[site],
      ),
    );
  });

  test('of no user have a host that a name of RFC 2606 is: a rule for them keeps the groups of both colors in use', () => {
    const held = rules().filter(({ Actions }) => Actions[0].ForwardConfig);
    expect(held.map(({ Priority, Conditions }) => [Priority, Conditions[0].HostHeaderConfig.Values])).toEqual(
      SERVICE_SITES.map((site) => [100 + SITES[site].priority, [`${site}.invalid`]]),
    );
    for (const [i, { Actions }] of held.entries())
      expect(Actions[0].ForwardConfig.TargetGroups.map(({ TargetGroupArn }: Json) => TargetGroupArn.Ref)).toEqual(
        targetGroups.map(({ id }) => id).filter((id) => id!.startsWith(`Targets${SERVICE_SITES[i]}`)),
      );
  });
});

test('a target group has the pods of the service of its site, and asks them what Kubernetes does', () => {
  const own = OPEN_SITES.flatMap((site) => (SERVICE_SITES.includes(site) ? [site, site] : [site])); // both colors
  expect(targetGroups).toHaveLength(own.length);
  for (const [i, site] of own.entries()) {
    expect(targetGroups[i]).toMatchObject({
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 3000,
      HealthCheckPath: SITES[site].target.readiness,
    });
    expect(targetGroups[i]!.Name).toBeUndefined(); // a second one takes the place of one that has to be replaced
    expect(attributes(targetGroups[i]!.TargetGroupAttributes)).toMatchObject({
      'deregistration_delay.timeout_seconds': `${DEREGISTRATION_DELAY}`,
    });
  }
  expect(DEREGISTRATION_DELAY).toBeGreaterThanOrEqual(ORIGIN_READ_TIMEOUT);
});
