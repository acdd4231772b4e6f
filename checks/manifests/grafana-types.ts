import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as dashboards from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';

/** Types of Grafana, by the name under which their schema is made: a dashboard, and the parts of panels that depend on their kind. */
export interface dashboard extends dashboards.Dashboard {}
export interface bargaugeOptions extends bargauge.Options {}
export interface statOptions extends stat.Options {}
export interface tableOptions extends table.Options {}
export interface tableField extends table.FieldConfig {}
export interface timeseriesOptions extends timeseries.Options {}
export interface timeseriesField extends timeseries.FieldConfig {}
export interface panel extends dashboards.Panel {}
export interface row extends dashboards.RowPanel {}
