import {
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  TextWidget,
  type IAlarm,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { anchor, type AlarmDefinition, type Tier } from './alarms/definition';

/** Columns of a dashboard. */
const WIDTH = 24;
/** Alarms in a row of a widget of the whole width. */
const ALARMS_IN_A_ROW = 6;
const ALARMS_IN_A_WIDGET = 100;

/** Name of the dashboard of a tier, or of the overview. Dashboards belong to the account, whatever region shows them. */
const dashboardName = (identifier: string, of: Tier | 'overview'): string => `${identifier}-${of}`;

/** Links to dashboards, which are found by their name in the console of any region. */
const links = (identifier: string, region: string, dashboards: readonly (Tier | 'overview')[]): TextWidget =>
  new TextWidget({
    width: WIDTH,
    height: 1,
    markdown: dashboards
      .map((of) => {
        const path = `cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName(identifier, of)}`;
        return `[${of}](https://${region}.console.aws.amazon.com/${path})`;
      })
      .join(' · '),
  });

/** The states of alarms; a widget takes a hundred. */
const states = (title: string, alarms: readonly IAlarm[]): readonly AlarmStatusWidget[] =>
  Array.from({ length: Math.ceil(alarms.length / ALARMS_IN_A_WIDGET) }, (_, i) =>
    alarms.slice(i * ALARMS_IN_A_WIDGET, (i + 1) * ALARMS_IN_A_WIDGET),
  ).map(
    (some) =>
      new AlarmStatusWidget({
        title,
        alarms: [...some],
        width: WIDTH,
        height: 1 + Math.ceil(some.length / ALARMS_IN_A_ROW),
      }),
  );

/** A graph of what some alarms look at, with the values from which on they do. */
const graph = (title: string, width: number, definitions: readonly AlarmDefinition[]): GraphWidget =>
  new GraphWidget({
    title,
    width,
    height: 6,
    left: definitions.map(({ metric }) => metric),
    leftAnnotations: [...new Set(definitions.map(({ threshold }) => threshold))].map((value) => ({
      value,
      color: Color.RED,
      label: 'alarm',
    })),
    leftYAxis: { showUnits: true },
  });

export interface TierDashboardProps {
  readonly identifier: string;
  readonly tier: Tier;
  /** The tiers that have a dashboard. */
  readonly tiers: readonly Tier[];
  readonly definitions: readonly AlarmDefinition[];
  readonly alarms: readonly IAlarm[];
  readonly region: string;
}

/** The dashboard of one tier: the state of its alarms, and a graph of whatever they look at. */
export const tierDashboard = (scope: Construct, id: string, props: TierDashboardProps): Dashboard => {
  const { identifier, tier, tiers, definitions, alarms, region } = props;
  const graphs = [...new Set(definitions.map(anchor))].map((of) =>
    graph(
      of,
      WIDTH / 3,
      definitions.filter((definition) => anchor(definition) === of),
    ),
  );
  const dashboard = new Dashboard(scope, id, { dashboardName: dashboardName(identifier, tier) });
  dashboard.addWidgets(links(identifier, region, ['overview', ...tiers]));
  dashboard.addWidgets(...states(tier, alarms));
  dashboard.addWidgets(...graphs);
  return dashboard;
};

export interface OverviewProps {
  readonly identifier: string;
  readonly tiers: readonly Tier[];
  readonly region: string;
  /** The alarms that notify. */
  readonly alarms: readonly IAlarm[];
  /** Requests of users. */
  readonly traffic: readonly IMetric[];
  readonly definitions: readonly AlarmDefinition[];
}

/** Metrics of alarms that the overview shows, by title. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'Errors, %': ['load-balancer-errors'],
  'Latency, s': ['load-balancer-latency'],
  'Saturation, % of CPU': ['mysql-cpu', 'redis-cpu', 'cluster-node-cpu'],
};

/** The dashboard that tells in ten seconds whether users are served: the tiers' alarms, traffic, errors, latency, saturation. */
export const overviewDashboard = (scope: Construct, id: string, props: OverviewProps): Dashboard => {
  const { identifier, tiers, region, alarms, traffic, definitions } = props;
  const dashboard = new Dashboard(scope, id, { dashboardName: dashboardName(identifier, 'overview') });
  dashboard.addWidgets(links(identifier, region, tiers));
  dashboard.addWidgets(...states('Red: a tier is in alarm', alarms));
  dashboard.addWidgets(
    new GraphWidget({ title: 'Traffic, requests a minute', width: WIDTH / 2, height: 6, left: [...traffic] }),
    ...Object.entries(SHOWN).map(([title, of]) =>
      graph(
        title,
        WIDTH / 2,
        definitions.filter((definition) => of.includes(anchor(definition))),
      ),
    ),
  );
  return dashboard;
};
