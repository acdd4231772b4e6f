import type { AlertCase } from './alert-case';
import { DATA } from './data';
import { MONITORING } from './monitoring';
import { NODES } from './nodes';
import { SLO } from './slo';
import { TENANTS } from './tenants';
import { WORKLOADS } from './workloads';

/** Every alert. Each file here has the cases of one file of rules in lib/kubernetes/prometheus. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  ...SLO,
  ...TENANTS,
  ...WORKLOADS,
  ...NODES,
  ...DATA,
  ...MONITORING,
};
