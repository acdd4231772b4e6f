import { ALARM, anchorsOf, COMPOSITE, silent, tooLarge, unwatched } from './alarms';
import { ALERTS } from '../lib/kubernetes/prometheus/rules';
import { docs } from '../docs/tools/markdown';
import { allOf, templatesOf, text, type Templates } from './references';
import { SAMPLES } from './sample';
import { longSentences } from './sentences';
import { assembly, once, sample, type Json } from './synth';
import { ENVIRONMENT_NAMES, environment } from './fixtures';

const of = (name: string) => templatesOf(assembly(name));

/** Sources of links to headings of the runbook: each gives the anchors that it links to. */
const LINKS: readonly (() => readonly string[])[] = [
  () => ENVIRONMENT_NAMES.flatMap((name) => anchorsOf(of(name))),
  () => Object.values(ALERTS).flatMap((alerts) => alerts.map(({ alert }) => alert)),
];

describe.each(ENVIRONMENT_NAMES)('the alarms of %s', (name) => {
  const templates = of(name);

  test('look at resources that are there, and at each', () => {
    expect(unwatched(templates)).toEqual([]);
  });

  test('notify once for each tier and severity, in their own region', () => {
    expect(silent(templates)).toEqual([]);
  });

  test('are as many as the rule of a composite takes', () => {
    expect(tooLarge(templates)).toEqual([]);
  });

  test('have names of their own, say what they mean and link to the runbook, and what silence means', () => {
    const alarms = [ALARM, COMPOSITE].flatMap((type) => allOf(templates, type));
    const names = alarms.map(({ Properties }) => Properties.AlarmName);
    expect(new Set(names).size).toBe(names.length);
    const { runbookUrl } = environment(name).monitoring;
    for (const { Properties } of alarms) {
      expect(Properties.AlarmName).toMatch(new RegExp(`^platform-${name}-[a-z]`));
      const [why, link] = Properties.AlarmDescription.split(` ${runbookUrl}#`);
      expect(why).toMatch(/^[A-Z].*[.]$/);
      expect(longSentences(why)).toEqual([]);
      expect(Properties.AlarmName).toContain(link);
      expect(Properties.AlarmDescription.length).toBeLessThan(1024);
    }
    for (const { Properties } of allOf(templates, ALARM))
      expect(Properties.TreatMissingData).toMatch(/^(breaching|notBreaching|ignore)$/);
  });
});

/** Properties of the alarm of a name. */
const one = (templates: Templates, type: string, name: RegExp): Json =>
  allOf(templates, type).find(({ Properties }) => name.test(Properties.AlarmName))!.Properties;

/** Properties of the first resource of a type. */
const first = (templates: Templates, type: string): Json => {
  const { stack, id } = allOf(templates, type)[0]!;
  return templates[stack].Resources[id].Properties;
};

/** Findings once the templates are changed. */
const broken = (change: (templates: Templates) => void) => {
  const templates = templatesOf(sample('prod'));
  change(templates);
  return [...unwatched(templates), ...silent(templates)];
};

describe('a mistake is found', () => {
  test('none in what is right', () => {
    expect(broken(() => {})).toEqual([]);
  });

  test.each<[string, RegExp, (templates: Templates) => void]>([
    [
      'a database of another name',
      /platform-prod-mysql-cpu-primary looks at the DBInstanceIdentifier platform-prod, which no template has/,
      (templates) => {
        first(templates, 'AWS::RDS::DBInstance').DBInstanceIdentifier = 'other';
      },
    ],
    [
      'one more shard',
      /no alarm looks at the CacheClusterId platform-prod-0004-001/,
      (templates) => {
        first(templates, 'AWS::ElastiCache::ReplicationGroup').NumNodeGroups += 1;
      },
    ],
    [
      'a firewall whose metrics are called otherwise',
      /platform-prod-firewall-surge-app looks at the WebACL platform-prod-app/,
      (templates) => {
        first(templates, 'AWS::WAFv2::WebACL').VisibilityConfig.MetricName = 'other';
      },
    ],
    [
      'a load balancer by its ARN',
      /load-balancer-latency looks at the LoadBalancer other/,
      (templates) => {
        one(templates, ALARM, /load-balancer-latency/).Metrics[1].MetricStat.Metric.Dimensions[0].Value = 'other';
      },
    ],
    [
      'an alarm that no composite tells of',
      /platform-prod-network-nat-ports-1 is told of 0 times/,
      (templates) => {
        const composite = one(templates, COMPOSITE, /network-critical/);
        composite.AlarmRule['Fn::Join'][1].splice(1, 1, 'other');
      },
    ],
    [
      'an alarm that notifies besides',
      /mysql-cpu-primary is told of 2 times/,
      (templates) => {
        one(templates, ALARM, /mysql-cpu-primary/).AlarmActions = ['topic'];
      },
    ],
    [
      'a composite without an action',
      /platform-prod-redis-critical notifies \[\], not one topic/,
      (templates) => {
        one(templates, COMPOSITE, /redis-critical/).AlarmActions = [];
      },
    ],
    [
      'a composite that tells of another tier',
      /platform-prod-network-critical tells of platform-prod-redis-cpu/,
      (templates) => {
        one(templates, COMPOSITE, /network-critical/).AlarmRule['Fn::Join'][1].push(
          ...one(templates, COMPOSITE, /redis-critical/).AlarmRule['Fn::Join'][1].slice(0, 3),
        );
      },
    ],
  ])('%s', (_, problem, change) => {
    expect(broken(change)).toContainEqual(expect.stringMatching(problem));
  });
});

describe('the runbook', () => {
  const headings = [...docs('runbook').matchAll(/^###? (\S+)$/gm)].map(([, heading]) => heading);

  test('has a heading for each alarm, and an alarm for each heading', () => {
    expect(headings.toSorted()).toEqual([...new Set(LINKS.flatMap((links) => links()))].toSorted());
  });

  const entries = docs('runbook')
    .split(/^##/m)
    .slice(1) // the page itself
    .filter((section) => section.startsWith('# '))
    .map((section) => [section.slice(2, section.indexOf('\n')), section.slice(section.indexOf('\n'))] as const);

  test.each(entries)('says of %s what it means, where to look and how to fix it', (_, entry) => {
    const parts = [...entry.matchAll(/^- \*\*(Meaning|Look|Fix):\*\*\s+\S/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Meaning', 'Look', 'Fix']);
    expect(entry.split(/^ *(?:-|\d\.) /m).flatMap(longSentences)).toEqual([]);
  });
});

/** Name of an alarm, by its ARN in a template or an attribute of it. */
const nameOf = (templates: Templates, arn: string): string => {
  const [, stack, id] = arn.match(/^\$\{([\w-]+)\.(\w+)\.Arn\}$/) ?? [];
  return id === undefined ? arn.split(':').at(-1)! : templates[stack!].Resources[id].Properties.AlarmName;
};

describe('the dashboards', () => {
  const templates = templatesOf(sample('prod'));
  const boards = allOf(templates, 'AWS::CloudWatch::Dashboard').map(({ stack, Properties }) => ({
    name: Properties.DashboardName as string,
    widgets: JSON.parse(text(templates, stack, Properties.DashboardBody)).widgets as Json[],
  }));

  test('lead to each other, and nowhere else', () => {
    const names = boards.map(({ name }) => name);
    expect(names.toSorted()).toEqual(
      [
        'cluster',
        'copies',
        'edge',
        'firewall',
        'functions',
        'load-balancer',
        'mysql',
        'network',
        'overview',
        'redis',
      ].map((board) => `platform-prod-${board}`),
    );
    for (const { name, widgets } of boards) {
      const links = [...JSON.stringify(widgets).matchAll(/dashboard\/([\w-]+)/g)].map(([, to]) => to);
      expect(links.filter((to) => !names.includes(to!))).toEqual([]);
      expect(new Set([...links, name])).toEqual(new Set([...names, ...(name.endsWith('overview') ? [name] : [])]));
    }
  });

  test('show what notifies, traffic, errors, latency and saturation first', () => {
    const { widgets } = boards.find(({ name }) => name.endsWith('overview'))!;
    expect(widgets.map(({ type, properties }) => [type, properties.title])).toEqual([
      ['text', undefined],
      ['alarm', 'Red: a tier is in alarm'],
      ['metric', 'Traffic, requests a minute'],
      ['metric', 'Errors, %'],
      ['metric', 'Latency, s'],
      ['metric', 'Saturation, % of CPU'],
    ]);
    const shown = widgets[1].properties.alarms.map((arn: string) => nameOf(templates, arn));
    const notify = [ALARM, COMPOSITE]
      .flatMap((type) => allOf(templates, type))
      .filter(({ Properties }) => Properties.AlarmActions !== undefined)
      .map(({ Properties }) => Properties.AlarmName);
    expect(shown.toSorted()).toEqual(notify.toSorted());
    for (const { properties } of widgets.slice(3)) expect(properties.metrics.length).toBeGreaterThan(0);
  });

  test('fit into the width of the console', () => {
    for (const { widgets } of boards) for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });
});

test('works in the region of the edge too, with no name twice', () => {
  const zones = ['a', 'b', 'c'].map((letter) => `us-east-1${letter}`);
  const { prod } = SAMPLES;
  const templates = templatesOf(
    once({ ...prod, region: 'us-east-1', network: { ...prod.network, availabilityZones: zones } }),
  );
  expect([...unwatched(templates), ...silent(templates)]).toEqual([]);
  for (const [type, name] of [
    [ALARM, 'AlarmName'],
    ['AWS::CloudWatch::Dashboard', 'DashboardName'],
    ['AWS::SNS::Topic', 'TopicName'],
  ] as const) {
    const names = allOf(templates, type).map(({ Properties }) => Properties[name]);
    expect(new Set(names).size).toBe(names.length);
  }
});

describe('a certificate that was not renewed', () => {
  const templates = templatesOf(sample('prod'));
  const certificates = allOf(templates, ALARM).filter(({ Properties }) => Properties.MetricName === 'DaysToExpiry');

  test('calls by itself, for days, and keeps nothing else of its tier quiet', () => {
    expect(
      certificates.map(({ Properties }) => Properties.AlarmName.replace(/^platform-prod-/, '')).toSorted(),
    ).toEqual([
      'edge-certificate',
      'edge-certificate-ends',
      'load-balancer-certificate',
      'load-balancer-certificate-ends',
    ]);
    for (const { Properties } of certificates) expect(Properties.AlarmActions).toHaveLength(1);
  });
});

describe('a cache of ninety nodes', () => {
  const { prod } = SAMPLES;
  const templates = templatesOf(once({ ...prod, redis: { ...prod.redis, shards: 45, replicasPerShard: 1 } }));

  test('has more alarms than a rule takes, and notifies once', () => {
    expect([...unwatched(templates), ...silent(templates), ...tooLarge(templates)]).toEqual([]);
    const parts = allOf(templates, COMPOSITE).filter(({ Properties }) => !('AlarmActions' in Properties));
    expect(parts.length).toBeGreaterThan(2);
  });

  test('is on a dashboard whose widgets take it', () => {
    const widgets: Json[] = allOf(templates, 'AWS::CloudWatch::Dashboard').flatMap(
      ({ stack, Properties }) => JSON.parse(text(templates, stack, Properties.DashboardBody)).widgets,
    );
    const sizes = widgets.filter(({ type }) => type === 'alarm').map(({ properties }) => properties.alarms.length);
    expect(Math.max(...sizes)).toBe(100);
  });
});
