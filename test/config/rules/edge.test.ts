import { RegionInfo } from 'aws-cdk-lib/region-info';
import { ZONE_IDS } from '../../../lib/model/availability-zones';
import { CLOUDFRONT_PREFIX_LISTS } from '../../../lib/model/cloudfront-prefix-lists';
import { RECORDED_REGIONS, SUPPORTED_REGIONS } from '../../../lib/model/supported-regions';
import { zoneOf } from '../../../lib/config/derive/zones';
import type { DomainConfig, EdgeConfig, EnvironmentConfig } from '../../../lib/config/environment';
import { SERVICES } from '../../../lib/model/services';
import { SERVICE_SITES, SITES } from '../../../lib/model/sites';
import { sharedHostProblems, sharedZoneProblems } from '../../../lib/config/rules/edge';
import { problems } from '../../../lib/config/validation';
import { inRegion, SAMPLES, WITH_GRAFANA } from '../../sample';

const { prod } = SAMPLES;
const named = (change: Partial<DomainConfig>): EnvironmentConfig => ({
  ...prod,
  domain: { ...prod.domain!, ...change },
});
const guarded = (change: Partial<EdgeConfig>): EnvironmentConfig => ({ ...prod, edge: { ...prod.edge, ...change } });
const { hosts } = prod.domain!;
const aliases = (length: number) => Array.from({ length }, (_, index) => `n${index}.platform.example`);

test.each<[string, EnvironmentConfig, RegExp]>([
  [
    'a name that is none',
    named({ hosts: { ...hosts, appAliases: ['Shop.platform.example'] } }),
    /domain.hosts.appAliases has "Shop.platform.example": write a name like api.example.com/,
  ],
  [
    'a first name that no certificate bears',
    named({ hosts: { ...hosts, app: `${'a'.repeat(48)}.platform.example` } }),
    /domain.hosts.app is "a{48}.platform.example": choose a name of up to 64 characters, the maximum of the common name/,
  ],
  [
    'a name that no rule of the load balancer takes',
    named({ hosts: { ...hosts, api: `${'a.'.repeat(57)}platform.example` } }),
    /domain.hosts.api is ".*": choose a name of up to 128 characters, the maximum in a rule/,
  ],
  ['one name for two', named({ hosts: { ...hosts, api: hosts.app } }), /domain.hosts has "platform.example" twice/],
  [
    'more names than a rule of the load balancer takes',
    named({ hosts: { ...hosts, appAliases: aliases(5) } }),
    /domain.hosts has 6 names of the app: choose 5 or fewer/,
  ],
  [
    'more paths of large bodies than AWS WAF has room for',
    guarded({ largeBodyPaths: Array.from({ length: 11 }, (_, index) => `/n${index}/`) }),
    /edge.largeBodyPaths has 11 paths: choose 10 or fewer/,
  ],
  [
    'a host in no zone',
    named({ hosts: { ...hosts, api: 'api.notplatform.example' } }),
    /domain.hosts has "api.notplatform.example", which is in no zone/,
  ],
  [
    'a public Grafana without a name',
    { ...WITH_GRAFANA, domain: prod.domain },
    /domain.hosts.grafana is missing, but monitoring.grafana.allowedCidrs makes grafana public: add a host name, or/,
  ],
  [
    'a name of Grafana in no zone',
    named({ hosts: { ...hosts, grafana: 'grafana.elsewhere.example' } }),
    /domain.hosts has "grafana.elsewhere.example", which is in no zone/,
  ],
  [
    'a name of Grafana that another site has',
    named({ hosts: { ...hosts, grafana: hosts.api } }),
    /domain.hosts has "api.platform.example" twice/,
  ],
  [
    'a zone without a host',
    named({ zones: [...prod.domain!.zones, { name: 'shop.example' }] }),
    /domain.zones has "shop.example", which contains none of the hosts/,
  ],
  [
    'an id that is none',
    named({ zones: [{ name: 'platform.example', id: '/hostedzone/Z1' }] }),
    /domain.zones.platform.example.id is "\/hostedzone\/Z1": write one like/,
  ],
  [
    'a zone twice',
    named({ zones: [...prod.domain!.zones, { name: 'platform.example' }] }),
    /domain.zones has .* twice/,
  ],
  ['a firewall that does neither', guarded({ firewall: 'off' as 'count' }), /edge.firewall is "off": choose block or/],
  [
    'a rate below what AWS WAF takes',
    guarded({ apiRequestsPerMinute: 9 }),
    /edge.apiRequestsPerMinute is 9: choose 10/,
  ],
  [
    'a path that is another',
    guarded({ largeBodyPaths: ['/uploads/../x'] }),
    /edge.largeBodyPaths has "\/uploads\/..\/x"/,
  ],
  [
    'one zone under two names',
    named({ zones: [...prod.domain!.zones, { ...prod.domain!.zones[0]!, name: 'www.platform.example' }] }),
    /domain.zones has "Z0123456789ABCDEFGHIJ" twice/,
  ],
  ['a pattern for a path', guarded({ largeBodyPaths: ['/uploads/*'] }), /edge.largeBodyPaths has "\/uploads\/\*"/],
  [
    'days that no log is kept',
    guarded({ logRetentionDays: 15 }),
    /edge.logRetentionDays is 15: choose a value that CloudWatch Logs accepts/,
  ],
  ['no VPC origin', guarded({ vpcOrigin: 0 }), /edge.vpcOrigin is 0: choose 1 to 1000/],
])('refuses %s', (_, config, problem) => {
  expect(problems(config)).toEqual([expect.stringMatching(problem)]);
});

test('refuses more names than a certificate holds', () => {
  expect(problems(named({ hosts: { ...hosts, appAliases: aliases(9) } }))).toEqual([
    expect.stringMatching(/domain.hosts has 11 names: choose 10 or fewer/),
    expect.stringMatching(/10 names of the app/),
  ]);
});

test('every region is either supported or refused by one problem, which says what to choose', () => {
  const all = RegionInfo.regions.map(({ name }) => name);
  const refused = all.filter((region) =>
    problems(inRegion(prod, region)).some((problem) => problem.includes(': region is')),
  );
  expect(refused.toSorted()).toEqual(all.filter((region) => !SUPPORTED_REGIONS.includes(region)).toSorted());
  for (const region of refused)
    expect(problems(inRegion(prod, region))).toEqual([
      expect.stringMatching(
        /region is ".*": (write a region like ap-southeast-1, not of China|)|choose ap-northeast-1, .* or us-west-2$/,
      ),
    ]);
});

/** Partitions without what the platform uses. */
const OTHER_PARTITIONS = RegionInfo.regions.filter(({ partition }) => partition !== 'aws').map(({ name }) => name);

test.each(OTHER_PARTITIONS)(
  '%s of another partition is refused as any region: what to write is one of this partition',
  (name) => {
    const told = `is "${name}": write a region like ap-southeast-1, not of China, GovCloud or a sovereign cloud`;
    expect(problems(inRegion(prod, name))).toEqual([`prod: region ${told}`]);
    expect(problems({ ...prod, recovery: { ...prod.recovery!, region: name } })).toEqual([
      `prod: recovery.region ${told}`,
    ]);
  },
);

test('a region that is recorded has all that is looked up by region', () => {
  expect(RECORDED_REGIONS).toEqual(Object.keys(CLOUDFRONT_PREFIX_LISTS));
  expect(RECORDED_REGIONS).toEqual(Object.keys(ZONE_IDS));
});

test('refuses a name of another environment: one name leads to one distribution', () => {
  const dev = { ...SAMPLES.dev, domain: { ...SAMPLES.dev.domain!, hosts: { ...hosts, app: 'dev.platform.example' } } };
  expect(sharedHostProblems(dev, [dev, prod])).toEqual([
    'dev: domain.hosts has "www.platform.example", which prod has too: give each environment its own names',
    'dev: domain.hosts has "api.platform.example", which prod has too: give each environment its own names',
  ]);
  expect(sharedHostProblems({ ...dev, domain: undefined }, [dev, prod])).toEqual([]);
});

test("refuses a hosted zone of another environment: it is in the other's account", () => {
  const dev = {
    ...SAMPLES.dev,
    domain: { ...SAMPLES.dev.domain!, zones: [{ name: 'dev.example', id: 'Z0123456789ABCDEFGHIJ' }] },
  };
  expect(sharedZoneProblems(dev, [dev, prod])).toEqual([
    expect.stringMatching(
      /^dev: domain.zones.dev.example.id is "Z0123456789ABCDEFGHIJ", which prod has too: give the id of a zone in/,
    ),
  ]);
  expect(sharedZoneProblems({ ...dev, domain: undefined }, [dev, prod])).toEqual([]);
});

test('takes an environment without a domain, and a Grafana with or without a name of its own', () => {
  expect(problems({ ...prod, domain: undefined })).toEqual([]);
  expect(problems({ ...WITH_GRAFANA, domain: undefined })).toEqual([]);
  expect(problems(WITH_GRAFANA)).toEqual([]);
  expect(problems(named({ hosts: { ...hosts, grafana: 'grafana.platform.example' } }))).toEqual([]);
});

test('takes names up to what certificate and load balancer take', () => {
  const longest = {
    ...hosts,
    app: `${'a'.repeat(47)}.platform.example`,
    api: `${'b'.repeat(55)}.${'b'.repeat(55)}.platform.example`,
  };
  expect([longest.app.length, longest.api.length]).toEqual([64, 128]);
  expect(problems(named({ hosts: longest }))).toEqual([]);
});

test('a host is in the zone with the longest name that it ends in', () => {
  const zones = [{ name: 'platform.example' }, { name: 'eu.platform.example' }];
  expect(zoneOf('api.eu.platform.example', zones)).toBe(zones[1]);
  expect(zoneOf('platform.example', zones)).toBe(zones[0]);
  expect(zoneOf('noteu.platform.example', zones)).toBe(zones[0]);
  expect(zoneOf('myplatform.example', zones)).toBeUndefined();
});

test('each site is answered by one Service', () => {
  expect(Object.entries(SITES).map(([site, { target }]) => [site, target.name])).toEqual([
    ['app', 'frontend'],
    ['api', 'api-gateway'],
    ['grafana', 'grafana'],
  ]);
  expect(Object.values(SERVICES).filter(({ site }) => site !== undefined)).toHaveLength(SERVICE_SITES.length);
});
