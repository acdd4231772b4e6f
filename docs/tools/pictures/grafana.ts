import type { Json } from '../../../review/assembly';
import type { Answered, Question } from './answers';
import type { Content, Dashboard, Panel, Series, Value } from './panel';
import { sampleOf, series as sampleSeries } from './samples/cloudwatch';
import { TENANTS } from './samples/services';
import { written, type Unit } from './unit';

/** Height of a line of the grid, in pixels. */
const LINE = 30;

const UNITS: Readonly<Record<string, Unit>> = {
  none: 'none',
  short: 'none',
  percent: 'percent',
  percentunit: 'ratio',
  s: 'seconds',
  bytes: 'bytes',
  reqps: 'requests a second',
  ops: 'operations a second',
};

const COLORS: Readonly<Record<string, string>> = { green: '#2f855a', orange: '#c05621', red: '#d62728' };

/** The choice of a person from each list that Grafana would offer. */
const CHOSEN: Readonly<Record<string, string>> = { tenant: Object.keys(TENANTS)[1]! };

/** Every query that the panels of some dashboards ask of Prometheus, as Grafana would send it. */
export const questions = (models: readonly Json[]): readonly Question[] =>
  models.flatMap((model) => model.panels.flatMap((panel: Json) => asked(model, panel)));

const asked = (model: Json, { datasource, targets = [] }: Json): readonly Question[] =>
  datasource?.type === 'prometheus'
    ? targets.map(({ expr, instant }: Json) => ({ expr: filledIn(model, expr), instant }))
    : [];

const filledIn = ({ title, templating }: Json, expr: string): string => {
  const values: Record<string, string> = { __rate_interval: '6m' };
  for (const { name, current } of templating.list) values[name] = current?.value ?? CHOSEN[name];
  return expr.replaceAll(/\$(\w+)/g, (_, name) => {
    if (values[name] === undefined)
      throw new Error(`${title}: docs/tools/pictures/grafana.ts has no value of $${name} in ${expr}`);
    return values[name];
  });
};

/** The dashboards of Grafana, with the answers to their questions, in their order. Throws where a query has none. */
export const grafanaDashboards = (
  models: readonly Json[],
  given: readonly (readonly Answered[])[],
): readonly Dashboard[] => {
  const left = [...given];
  return models.map((model) => ({
    name: nameOf(model),
    title: model.title,
    definition: definitionOf(model),
    line: LINE,
    panels: model.panels.map((panel: Json): Panel => {
      const { x, y, w, h } = panel.gridPos;
      const own = asked(model, panel).map(({ expr }) => answered(model, panel, expr, left.shift()!));
      return { title: panel.title, x, y, width: w, height: h, content: CONTENT[panel.type]!(panel, own) };
    }),
  }));
};

/** Name of the picture of a dashboard. */
export const nameOf = ({ uid }: Json): string => uid.replace(/^platform-/, 'grafana-');

/** The parts of a dashboard that are drawn: all except the targets of its links. */
export const definitionOf = (model: Json): string => JSON.stringify({ ...model, links: undefined });

const answered = ({ title }: Json, panel: Json, expr: string, answer: readonly Answered[]): readonly Answered[] => {
  const series = answer.filter(({ points }) => points.length > 0);
  if (series.length === 0) throw new Error(`${title}, "${panel.title}": there is no data of ${expr}`);
  return series;
};

const unitOf = ({ title, fieldConfig: { defaults } }: Json): Unit => {
  const unit = UNITS[defaults.unit];
  if (!unit) throw new Error(`"${title}": docs/tools/pictures/grafana.ts does not know the unit ${defaults.unit}`);
  return unit;
};

type Answers = readonly (readonly Answered[])[];

/** Each series of the answers of a panel, by the name that its query gives. */
const named = ({ targets }: Json, answers: Answers): readonly Series[] =>
  answers.flatMap((answer, i) =>
    answer.map(({ labels, points }) => ({
      name: targets[i].legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_: string, label: string) => labels[label] ?? ''),
      points,
    })),
  );

/** The color of a value: of the last step that it has reached. */
const colorOf = ({ fieldConfig: { defaults } }: Json, value: number): string =>
  COLORS[defaults.thresholds.steps.findLast((step: Json) => step.value === null || value >= step.value).color]!;

const values = (panel: Json, answers: Answers): readonly (Value & { value: number })[] => {
  const { mappings = [], decimals } = panel.fieldConfig.defaults;
  const all = named(panel, answers);
  return all.map(({ name, points }) => {
    const value = points.at(-1)![1];
    const word = mappings[0]?.options[value]?.text;
    return { name, value, text: word ?? written(unitOf(panel), value, decimals), color: colorOf(panel, value) };
  });
};

/** Values that CloudWatch would find for each dimension that panels leave open. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  LoadBalancer: ['app/platform-prod'],
  DBInstanceIdentifier: ['platform-prod', 'platform-prod-replica-1', 'platform-prod-replica-2'],
  CacheClusterId: ['0001', '0002', '0003'].flatMap((shard) => [
    `platform-prod-${shard}-001`,
    `platform-prod-${shard}-002`,
  ]),
};

/** A graph of metrics of CloudWatch: samples, because nothing here answers for AWS. */
const ofAws = ({ title, targets }: Json): readonly Series[] =>
  targets.flatMap(({ metricName, dimensions }: Json) => {
    const [dimension] = Object.keys(dimensions);
    const names = RESOURCES[dimension!];
    if (!names)
      throw new Error(`"${title}": docs/tools/pictures/grafana.ts does not know what has the dimension ${dimension}`);
    return names.map((name) => sampleSeries(name, sampleOf(metricName, metricName)));
  });

const CONTENT: Readonly<Record<string, (panel: Json, answers: Answers) => Content>> = {
  row: () => ({ kind: 'row' }),
  timeseries: (panel, answers) => {
    const { thresholds, custom } = panel.fieldConfig.defaults;
    return {
      kind: 'graph',
      unit: unitOf(panel),
      series: panel.datasource.type === 'cloudwatch' ? ofAws(panel) : named(panel, answers),
      stacked: custom.stacking.mode !== 'none',
      thresholds:
        custom.thresholdsStyle.mode === 'off'
          ? []
          : thresholds.steps
              .filter(({ value }: Json) => value !== null)
              .map(({ value, color }: Json) => ({ value, label: '', color: COLORS[color]! })),
    };
  },
  stat: (panel, answers) => ({
    kind: 'numbers',
    values: values(panel, answers).map(({ name, text, color }, _, all) => ({
      name: all.length > 1 ? name : '',
      text,
      color: panel.options.colorMode === 'background' ? color : 'none',
    })),
  }),
  bargauge: (panel, answers) => ({
    kind: 'bars',
    values: values(panel, answers).map(({ value, ...shown }) => ({
      ...shown,
      share: value / panel.fieldConfig.defaults.max,
    })),
  }),
  table: ({ transformations }, [answer]) => {
    const columns: Record<string, string> = transformations.find(({ id }: Json) => id === 'organize').options
      .renameByName;
    const rows = answer!.map(({ labels, points }) =>
      Object.keys(columns).map((column) => (column === 'Value' ? `${points.at(-1)![1]}` : (labels[column] ?? ''))),
    );
    return {
      kind: 'table',
      head: Object.values(columns),
      rows: rows.toSorted((one, another) => one[0]!.localeCompare(another[0]!, 'en')),
    };
  },
};
