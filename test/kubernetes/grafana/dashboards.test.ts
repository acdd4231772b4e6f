import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRAFANA_VERSION } from '../../../lib/model/versions';
import { dashboards } from '../../../lib/kubernetes/grafana/dashboards';
import { CLOUDWATCH_SOURCE, PROMETHEUS_SOURCE } from '../../../lib/kubernetes/grafana/sources';
import { knownSeries, labelsOf } from '../../promql';
import { longSentences } from '../../sentences';
import type { Json } from '../../synth';

const PROPS = { runbookUrl: 'https://example.com/runbook', retentionDays: 15 };
const made: readonly Json[] = JSON.parse(JSON.stringify(dashboards(PROPS)));
const panels = made.flatMap(({ title, panels: own }) =>
  own.filter(({ type }: Json) => type !== 'row').map((panel: Json) => ({ ...panel, name: `${title}: ${panel.title}` })),
);
const queries = panels.flatMap(({ name, targets }: Json) => targets.map((target: Json) => ({ name, ...target })));
const asked = queries.filter(({ datasource }: Json) => datasource.uid === PROMETHEUS_SOURCE.uid);

/** An expression as Prometheus gets it: the choices of people stand in texts only. */
const sent = (expr: string) => expr.replaceAll('$__rate_interval', '1m');

test('every query chooses and groups by labels that its series have, and is called by those that are left', () => {
  const known = knownSeries();
  expect(asked.length).toBeGreaterThan(60);
  for (const { name, expr, legendFormat } of asked) {
    const labels = labelsOf(sent(expr), known);
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
      expect([name, label, labels.has(label)]).toEqual([name, label, true]);
  }
});

test('columns of lists are labels of their series', () => {
  const known = knownSeries();
  const lists = panels.filter(({ type }: Json) => type === 'table');
  expect(lists.length).toBeGreaterThan(2);
  for (const { name, targets, transformations } of lists) {
    const labels = labelsOf(sent(targets[0].expr), known);
    for (const column of transformations[0].options.include.names)
      expect([name, column, labels.has(column)]).toEqual([name, column, true]);
  }
});

test('what people choose is asked for, and from series that are there', () => {
  const known = knownSeries();
  for (const { title, templating, panels: own } of made) {
    const used = new Set([...JSON.stringify(own).matchAll(/\$(?!__)(\w+)/g)].map(([, name]) => name));
    used.delete('PROP');
    expect([title, [...used]]).toEqual([title, templating.list.map(({ name }: Json) => name)]);
    for (const { type, query } of templating.list.filter((variable: Json) => variable.type === 'query')) {
      const [, series, label] = query.match(/^label_values\((.+), (\w+)\)$/);
      expect([type, label, labelsOf(series, known).has(label)]).toEqual(['query', label, true]);
    }
  }
});

test('every panel says what it shows, in which unit, from which data source', () => {
  for (const { name, title, description, fieldConfig, datasource, targets } of panels) {
    expect([name, title]).toEqual([name, expect.stringMatching(/^\S.{1,60}$/)]);
    expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z].{5,}\.$/)]);
    expect([name, longSentences(description)]).toEqual([name, []]);
    expect([name, fieldConfig.defaults.unit]).toEqual([name, expect.stringMatching(/^[a-z]+$/)]);
    expect([PROMETHEUS_SOURCE, CLOUDWATCH_SOURCE]).toContainEqual(datasource);
    for (const target of targets) expect([name, target.datasource]).toEqual([name, datasource]);
  }
});

test('no panel lies on another one, or beside the 24 columns', () => {
  for (const { title, panels: own } of made) {
    const taken = new Map<string, string>();
    for (const { title: panel, gridPos } of own) {
      const { x, y, w, h } = gridPos;
      expect([title, panel, x >= 0 && x + w <= 24 && w > 0 && h > 0]).toEqual([title, panel, true]);
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          expect([title, panel, taken.get(`${column} ${row}`)]).toEqual([title, panel, undefined]);
          taken.set(`${column} ${row}`, panel);
        }
    }
  }
});

test('rows of panels fill the width', () => {
  for (const { title, panels: own } of made) {
    const widths = new Map<number, number>();
    for (const { gridPos } of own) widths.set(gridPos.y, (widths.get(gridPos.y) ?? 0) + gridPos.w);
    for (const [y, width] of widths) expect([title, y, width]).toEqual([title, y, 24]);
  }
});

test('a dashboard has an address for ever, links to the others and to the runbook, and nobody edits it', () => {
  expect(made.map(({ uid }) => uid)).toEqual([
    'platform-overview',
    'platform-services',
    'platform-tenants',
    'platform-cluster',
    'platform-mysql',
    'platform-redis',
    'platform-monitoring',
    'platform-aws',
  ]);
  expect(new Set(made.map(({ title }) => title)).size).toBe(made.length);
  for (const { uid, id, editable, tags, links, refresh, timezone, panels: own } of made) {
    expect({ id, editable, tags, refresh, timezone }).toEqual({
      editable: false,
      tags: ['platform'],
      refresh: uid === 'platform-aws' ? '5m' : '1m', // CloudWatch costs by request
      timezone: 'browser',
    });
    expect(links).toMatchObject([
      { type: 'dashboards', tags: ['platform'] },
      { type: 'link', url: PROPS.runbookUrl },
    ]);
    expect(own.map((panel: Json) => panel.id)).toEqual(own.map((_: Json, i: number) => i + 1));
  }
});

test('a dashboard is the same whenever it is made', () => {
  expect(JSON.stringify(dashboards(PROPS))).toBe(JSON.stringify(dashboards(PROPS)));
});

test('it looks back no further than metrics are kept', () => {
  const days = 3;
  const text = JSON.stringify(dashboards({ ...PROPS, retentionDays: days }));
  const windows = [...text.matchAll(/\[(\d+)d\]/g)].map(([, found]) => Number(found));
  expect(windows.length).toBeGreaterThan(2);
  expect(Math.max(...windows)).toBe(days);
});

test('what is called like a service is its own: tenants and people call theirs as they like', () => {
  const { title } = made.find(({ uid }) => uid === 'platform-services');
  const selectors = asked
    .filter(({ name }: Json) => name.startsWith(`${title}: `))
    .flatMap(({ expr }: Json) => expr.match(/(container|kube)_\w+\{[^}]*\}/g) ?? []);
  expect(selectors.length).toBeGreaterThan(8);
  for (const selector of selectors) expect(selector).toContain('{namespace=~"platform-(core|apps|monitoring)", ');
});

test('a share of days is one of sums: whoever was there for some of them only has a part for those', () => {
  const shares = asked.filter(({ expr }: Json) => expr.includes('_over_time'));
  expect(shares.length).toBeGreaterThan(3);
  for (const { name, expr } of shares)
    expect([name, expr.match(/\w+_over_time/g)]).toEqual([name, ['sum_over_time', 'sum_over_time']]);
});

test('the schema that dashboards are held to is that of the image', () => {
  const { version } = JSON.parse(
    readFileSync(join(__dirname, '../../../node_modules/@grafana/schema/package.json'), 'utf8'),
  );
  expect(version).toBe(GRAFANA_VERSION);
});
