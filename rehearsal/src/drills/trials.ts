import { policyRefusals } from './admission';
import type { Cluster } from '../cluster/cluster';
import { drains } from './disruptions';
import { requests } from './requests';
import type { Emulator } from '../emulator/emulator';
import { tenantIsolation } from './isolation';
import type { Outcome } from '../outcome';
import type { Report, Steps } from '../report/progress';
import { surge } from './surge';
import { zoneLoss } from './zone-loss';

/** What was tried on a running cluster and how it went: the subject, and a sentence. */
export type Trial = readonly [subject: string, line: string];

/** Where a trial takes place. */
export interface Place {
  readonly cluster: Cluster;
  readonly emulator: Emulator;
  readonly signal: AbortSignal;
}

/** A trial that is still to come. */
export type Attempt = readonly [
  subject: string,
  title: string,
  attempt: (place: Place, report: Report) => Promise<Outcome>,
];

const LOOKS: readonly Attempt[] = [
  ['policies', 'what breaks policy is refused', ({ cluster }) => policyRefusals(cluster)],
  ['tenants', 'tenants are apart', ({ cluster }) => tenantIsolation(cluster)],
  ['requests', 'requests arrive', ({ cluster, emulator }) => requests(cluster, emulator.requestPath)],
];

/** What the workloads have to survive. */
export const DISTURBANCES: readonly Attempt[] = [
  ['drains', 'nodes are drained', ({ cluster }, report) => drains(cluster, report)],
  ['zones', 'a zone is lost', ({ cluster, emulator }, report) => zoneLoss(cluster, emulator, report)],
  ['surge', 'everything at its maximum', ({ cluster }, report) => surge(cluster, report)],
];

/**
 * Tries what the cluster has to refuse and what it has to survive, a step each, and between the two what else is given. Throws at
 * the first that fails.
 */
export const trials = async (
  steps: Pick<Steps, 'step'>,
  cluster: Cluster,
  emulator: Emulator,
  more: readonly Attempt[],
  signal: AbortSignal,
): Promise<readonly Trial[]> => {
  const place: Place = { cluster, emulator, signal };
  const done: Trial[] = [];
  for (const [subject, title, attempt] of [...LOOKS, ...more, ...DISTURBANCES])
    done.push([
      subject,
      await steps.step(title, async (report) => {
        const { faults, line } = await attempt(place, report);
        if (faults.length > 0) throw new Error(faults.join('\n  '));
        return line;
      }),
    ]);
  return done;
};
