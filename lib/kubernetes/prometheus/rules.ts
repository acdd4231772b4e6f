import { stringify } from 'yaml';
import { API_SERVER_ALERTS, NODE_ALERTS } from './node-rules';
import { DATA_ALERTS } from './data-rules';
import { MONITORING_ALERTS } from './monitoring-rules';
import type { AlertingRule, RecordingRule } from './rule';
import { SLO_ALERTS, SLO_RECORDS } from './slo-rules';
import { TENANT_ALERTS, TENANT_RECORDS } from './tenant-rules';
import { SATURATION_ALERTS, WORKLOAD_ALERTS } from './workload-rules';

/** Recording rules, in the order in which they need each other. */
export const RECORDS: Readonly<Record<string, readonly RecordingRule[]>> = {
  slo: SLO_RECORDS,
  tenants: TENANT_RECORDS,
};

/** All alerts, by group. */
export const ALERTS: Readonly<Record<string, readonly AlertingRule[]>> = {
  slo: SLO_ALERTS,
  tenants: TENANT_ALERTS,
  workloads: WORKLOAD_ALERTS,
  saturation: SATURATION_ALERTS,
  nodes: NODE_ALERTS,
  'api-server': API_SERVER_ALERTS,
  data: DATA_ALERTS,
  monitoring: MONITORING_ALERTS,
};

/** The heading of an alert in an address: as GitHub makes it. */
const anchor = (alert: string): string => alert.toLowerCase();

/** How long an alert stays when what it asks for is gone: a gap of the metrics is no all-clear, and what flickers is one message. */
const KEEP = '5m';

const rendered = (
  { alert, severity, service, expr, for: duration, labels, ...texts }: AlertingRule,
  runbook: string,
) => ({
  alert,
  expr,
  ...(duration !== '0s' && { for: duration }),
  keep_firing_for: KEEP,
  labels: { severity, service, ...labels },
  annotations: { ...texts, runbook_url: `${runbook}#${anchor(alert)}` },
});

/** The rule file of Prometheus. */
export const ruleFile = (runbookUrl: string): string =>
  stringify(
    {
      groups: [
        ...Object.entries(RECORDS).map(([name, rules]) => ({ name: `${name}-records`, rules })),
        ...Object.entries(ALERTS).map(([name, rules]) => ({
          name,
          rules: rules.map((rule) => rendered(rule, runbookUrl)),
        })),
      ],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
