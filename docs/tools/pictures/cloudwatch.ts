import type { Json, Stack } from '../../../review/assembly';
import { RAISED, sampleOf, series } from './samples/cloudwatch';
import type { Content, Dashboard, Panel } from './panel';

/** Height of a line of the grid, in pixels. */
const LINE = 36;

type Resources = NonNullable<Stack['template']['Resources']>;

/** Text that a template joins: an alarm is its name, and what only a deployment knows nothing. */
const joined = (resources: Resources, value: Json): string => {
  if (typeof value === 'string') return value;
  if (value['Fn::Join'])
    return value['Fn::Join'][1].map((part: Json) => joined(resources, part)).join(value['Fn::Join'][0]);
  return resources[value['Fn::GetAtt']?.[0]]?.Properties?.AlarmName ?? '';
};

/** Words of the links of a text. */
const words = (markdown: string): string => markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');

/** The common beginning of names, up to a dash. */
const common = (names: readonly string[]): string => {
  const [first = '', ...others] = names.map((name) => name.split('-'));
  const parts = [...first].slice(0, -1);
  const differs = parts.findIndex((part, i) => others.some((other) => other[i] !== part));
  return parts
    .slice(0, differs < 0 ? parts.length : differs)
    .map((part) => `${part}-`)
    .join('');
};

/** A widget's part of a dashboard's definition: nothing that depends on an account or a region. */
interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Json;
}

const shown = ({ properties, ...widget }: Widget): Widget => {
  const { title = '', markdown, alarms, metrics, annotations } = properties;
  return {
    ...widget,
    properties: {
      title,
      markdown: markdown && words(markdown),
      alarms: alarms?.map((alarm: string) => alarm.split(':').at(-1)),
      metrics: metrics
        ?.map((metric: Json[]) => ({
          metric: typeof metric[0] === 'string' ? metric[1] : undefined,
          ...(typeof metric.at(-1) === 'object' ? metric.at(-1) : {}),
        }))
        .filter(({ visible }: Json) => visible !== false)
        .map(({ metric, label = metric }: Json) => ({ metric, label })),
      thresholds: annotations?.horizontal ?? [],
    },
  };
};

const content = (identifier: string, { type, properties }: Widget): Content => {
  const { markdown, alarms, metrics, thresholds } = properties;
  switch (type) {
    case 'text':
      return { kind: 'text', text: markdown };
    case 'alarm': {
      const beginning = common(alarms);
      return {
        kind: 'states',
        states: alarms.map((name: string) => ({
          name: name.slice(beginning.length),
          wrong: RAISED.includes(name.slice(identifier.length + 1)),
        })),
      };
    }
    case 'metric': {
      const samples = metrics.map(({ metric, label }: Json) => sampleOf(metric, label));
      return {
        kind: 'graph',
        unit: samples[0].unit,
        series: metrics.map(({ label }: Json, i: number) => series(label, samples[i])),
        thresholds,
        stacked: false,
      };
    }
    default:
      throw new Error(`a widget ${type} cannot be drawn: docs/tools/pictures/cloudwatch.ts has to learn it`);
  }
};

/** The dashboards of CloudWatch in the templates of an environment, with sample data. */
export const cloudwatchDashboards = (identifier: string, stacks: readonly Stack[]): readonly Dashboard[] =>
  stacks.flatMap(({ template: { Resources = {} } }) =>
    Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')
      .map(({ Properties }) => {
        const { widgets } = JSON.parse(joined(Resources, Properties!.DashboardBody));
        const definition: Widget[] = widgets.map(shown);
        const title: string = Properties!.DashboardName;
        return {
          name: `cloudwatch-${title.slice(identifier.length + 1)}`,
          title,
          definition: JSON.stringify(definition),
          line: LINE,
          panels: definition.map((widget): Panel => ({
            ...widget,
            title: widget.properties.title,
            content: content(identifier, widget),
          })),
        };
      }),
  );
