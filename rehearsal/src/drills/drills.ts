import { policyRefusals } from './admission';
import type { Cluster } from '../cluster/cluster';
import { drains } from './disruptions';
import { requests } from './requests';
import type { Emulator } from '../emulator/emulator';
import { tenantIsolation } from './isolation';
import type { Outcome } from '../outcome';
import type { Report } from '../report/progress';
import { surge } from './surge';
import { zoneLoss } from './zone-loss';

/** A drill on a running cluster and its result: the subject, and a sentence. */
export type DrillResult = readonly [subject: string, line: string];

/** The cluster and the emulated AWS of a drill. */
export interface Place {
  readonly cluster: Cluster;
  readonly emulator: Emulator;
  readonly signal: AbortSignal;
}

/** A drill that is still to come. */
export type Drill = readonly [
  subject: string,
  title: string,
  attempt: (place: Place, report: Report) => Promise<Outcome>,
];

/** Drills that change nothing: the cluster has to refuse some objects, and requests have to arrive. */
export const LOOKS: readonly Drill[] = [
  ['policies', 'violations of policy are rejected', ({ cluster }) => policyRefusals(cluster)],
  ['tenants', 'tenants are isolated', ({ cluster }) => tenantIsolation(cluster)],
  ['requests', 'requests arrive', ({ cluster, emulator }) => requests(cluster, emulator.requestPath)],
];

/** Drills that the workloads have to survive. */
export const DISTURBANCES: readonly Drill[] = [
  ['drains', 'nodes are drained', ({ cluster }, report) => drains(cluster, report)],
  ['zones', 'a zone is lost', ({ cluster, emulator }, report) => zoneLoss(cluster, emulator, report)],
  ['surge', 'everything at its maximum', ({ cluster }, report) => surge(cluster, report)],
];
