import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  VariableType,
  type Dashboard,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PROMETHEUS_SOURCE } from '../sources';

/** The fields of an environment that dashboards need. */
export interface DashboardProps {
  /** Where people read what an alert asks of them. */
  readonly runbookUrl: string;
  /** Days of which Prometheus has metrics. */
  readonly retentionDays: number;
}

/** A dashboard, before it is one of Grafana. */
export interface Board {
  /** Its place in addresses, for ever: others link to it. */
  readonly uid: `platform-${string}`;
  readonly title: string;
  readonly description: string;
  /** Variables that people choose above its panels. @default - nothing */
  readonly variables?: readonly VariableModel[];
  /** How far back it looks at first. @default 6h */
  readonly from?: string;
  /** How often it asks anew while somebody has it open. @default 1m */
  readonly refresh?: string;
  readonly rows: Readonly<Record<string, readonly Builder<Panel>[]>>;
}

/** Tag of all of them: each links to whatever has it. */
const TAG = 'platform';

/** A choice between values that are known. */
export const choice = (name: string, label: string, values: readonly string[]): VariableModel => ({
  type: VariableType.Custom,
  name,
  label,
  query: values.join(','),
  current: { selected: true, text: values[0]!, value: values[0]! },
  options: values.map((value, i) => ({ selected: i === 0, text: value, value })),
  multi: false,
  includeAll: false,
});

/** A choice between the values that a label of a series has. */
export const choiceOf = (name: string, label: string, series: string): VariableModel => ({
  type: VariableType.Query,
  name,
  label,
  datasource: PROMETHEUS_SOURCE,
  query: `label_values(${series}, ${name})`,
  refresh: VariableRefresh.OnDashboardLoad,
  sort: VariableSort.AlphabeticalAsc,
  multi: false,
  includeAll: false,
});

const links = (runbookUrl: string) => [
  new DashboardLinkBuilder('Dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .icon('external link')
    .keepTime(true),
  new DashboardLinkBuilder('Runbook')
    .type(DashboardLinkType.Link)
    .url(runbookUrl)
    .icon('doc')
    .tooltip('What each alert means, and what to do')
    .targetBlank(true),
];

/** A dashboard of Grafana: nobody edits it there, and it is the same whenever it is made. */
export const dashboard = (board: Board, { runbookUrl }: Pick<DashboardProps, 'runbookUrl'>): Dashboard => {
  const { uid, title, description, variables = [], from = '6h', refresh = '1m', rows } = board;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .refresh(refresh)
    .time({ from: `now-${from}`, to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .links(links(runbookUrl));
  for (const [heading, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(heading));
    for (const panel of panels) builder.withPanel(panel);
  }
  const { panels = [], links: hidden = [], ...built } = builder.build();
  return {
    ...built,
    links: hidden.map((link) => ({ ...link, placement: undefined })), // the library hides them in a menu
    templating: { list: [...variables] }, // its builder adds fields that Grafana does not know
    panels: panels.map((panel, i) => ({ ...panel, id: i + 1 })),
  };
};
