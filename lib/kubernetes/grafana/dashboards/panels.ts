import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TableCellDisplayMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Panel,
  type Threshold,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { PROMETHEUS_SOURCE, type Source } from '../sources';

/** A question to Prometheus, and what its series are called: `{{app}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** Fields of every panel. */
export interface PanelProps {
  readonly title: string;
  /** The content, and the meaning of a bad value. */
  readonly description: string;
  /** A unit of Grafana: `reqps`, `percentunit`, `s`. */
  readonly unit: string;
  /** Columns, of 24. */
  readonly width: number;
  /** Rows of the grid. */
  readonly height: number;
  /** From where on a value is bad. @default - no value is */
  readonly bad?: Bad;
}

/** Values from which on somebody should look, and act. Where `warning` is the larger one, small values are the bad ones. */
interface Bad {
  readonly warning: number;
  readonly critical: number;
}

interface QueriedPanelProps extends PanelProps {
  readonly queries: readonly Query[];
}

const GREEN = 'green';
const ORANGE = 'orange';
const RED = 'red';

const steps = ({ warning, critical }: Bad): Threshold[] =>
  warning < critical
    ? [
        { value: null, color: GREEN },
        { value: warning, color: ORANGE },
        { value: critical, color: RED },
      ]
    : [
        { value: null, color: RED },
        { value: critical, color: ORANGE },
        { value: warning, color: GREEN },
      ];

const thresholds = (bad: Bad | undefined) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(bad ? steps(bad) : [{ value: null, color: GREEN }]);

const LETTERS = [...'ABCDEFGH'];

const ask = ({ expr, legend }: Query, i: number) =>
  new DataqueryBuilder().refId(LETTERS[i]!).datasource(PROMETHEUS_SOURCE).expr(expr).legendFormat(legend);

const overTime = (queries: readonly Query[]) => queries.map((query, i) => ask(query, i).range());
const now = (queries: readonly Query[]) => queries.map((query, i) => ask(query, i).instant());
const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

/** Methods that every panel builder has. */
interface Common {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  span(columns: number): this;
  height(rows: number): this;
  datasource(source: Source): this;
  thresholds(config: ReturnType<typeof thresholds>): this;
  targets(targets: Builder<Dataquery>[]): this;
}

const described = <T extends Common>(
  panel: T,
  { title, description, unit, width, height, bad }: PanelProps,
  source: Source,
  targets: Builder<Dataquery>[],
): T =>
  panel
    .title(title)
    .description(description)
    .unit(unit)
    .span(width)
    .height(height)
    .datasource(source)
    .thresholds(thresholds(bad))
    .targets(targets);

export interface GraphProps extends QueriedPanelProps {
  /** Values on top of each other, where their sum matters. @default false */
  readonly stacked?: boolean;
  /** The top of the axis, where there is one. @default - the largest value */
  readonly max?: number;
}

/** Values over time, with dashed lines where they become bad. */
export const graph = ({ queries, ...props }: GraphProps): Builder<Panel> =>
  graphOf(PROMETHEUS_SOURCE, props, overTime(queries));

/** A graph of any data source. */
export const graphOf = (
  source: Source,
  { stacked = false, max, ...props }: Omit<GraphProps, 'queries'>,
  targets: Builder<Dataquery>[],
): Builder<Panel> => {
  const panel = described(new TimeSeries(), props, source, targets)
    .min(0)
    .lineWidth(1)
    .fillOpacity(stacked ? 25 : 5)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        props.bad ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  return max === undefined ? panel : panel.max(max);
};

export interface NumberProps extends QueriedPanelProps {
  /** Digits after the point. @default - as many as fit */
  readonly decimals?: number;
}

/** Values as they are now, large, in the colour of how bad they are. */
export const number = ({ queries, decimals, ...props }: NumberProps): Builder<Panel> => {
  const panel = stat(queries, props, []);
  return decimals === undefined ? panel : panel.decimals(decimals);
};

const stat = (queries: readonly Query[], props: PanelProps, mappings: ValueMapping[]) =>
  described(new Stat(), props, PROMETHEUS_SOURCE, now(queries))
    .reduceOptions(lastValue())
    .colorMode(props.bad ? BigValueColorMode.Background : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .mappings(mappings);

export interface StateProps extends Omit<QueriedPanelProps, 'unit' | 'bad'> {
  /** Words for 0 and 1. */
  readonly words: readonly [no: string, yes: string];
}

/** Series that are 1 if all is well and 0 otherwise, as words: red at 0. */
export const state = ({ queries, words, ...props }: StateProps): Builder<Panel> =>
  stat(queries, { ...props, unit: 'none', bad: { warning: 1, critical: 0.5 } }, [
    {
      type: MappingType.ValueToText,
      options: Object.fromEntries(words.map((text, index) => [index, { text, index }])),
    },
  ]);

export interface BarsProps extends QueriedPanelProps {
  /** Where a bar is full. */
  readonly max: number;
}

/** Values as they are now, as bars, in the colour of how bad they are. */
export const bars = ({ queries, max, ...props }: BarsProps): Builder<Panel> =>
  described(new BarGauge(), props, PROMETHEUS_SOURCE, now(queries))
    .min(0)
    .max(max)
    .reduceOptions(lastValue())
    .orientation(VizOrientation.Horizontal);

export interface ListProps extends PanelProps {
  readonly expr: string;
  /** Its columns: labels of the series, `Value` among them where the number matters, and their headings. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The series that there are now, one a line, in the order of their first column. */
export const list = ({ expr, columns, ...props }: ListProps): Builder<Panel> => {
  const targets = [ask({ expr, legend: '' }, 0).instant().format(PromQueryFormat.Table)];
  const table = described(new Table(), props, PROMETHEUS_SOURCE, targets)
    .showHeader(true)
    .cellOptions({ type: TableCellDisplayMode.Auto })
    .sortBy([new TableSortByFieldStateBuilder().displayName(Object.values(columns)[0]!)])
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names: Object.keys(columns) } } })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {},
        includeByName: {},
        indexByName: Object.fromEntries(Object.keys(columns).map((column, i) => [column, i])),
        renameByName: columns,
      },
    })
    .build();
  return { build: () => ({ ...table, options: { ...table.options, footer: undefined } }) }; // which Grafana no longer knows
};
