import { policyRefusals } from './admission';
import { apiServer } from './api-server';
import type { Cluster } from './cluster';
import { drains } from './disruptions';
import { requests } from './requests';
import type { Emulator } from './emulator';
import { tenantIsolation } from './isolation';
import type { Outcome } from './outcome';
import type { Report, Steps } from './progress';
import { surge } from './surge';
import { zoneLoss } from './zone-loss';

/** What was tried on a running cluster and how it went: the subject, and a sentence. */
export type Trial = readonly [subject: string, line: string];

/** Tries what the cluster has to refuse and what it has to survive, a step each. Throws at the first that fails. */
export const trials = async (
  steps: Pick<Steps, 'step'>,
  cluster: Cluster,
  emulator: Emulator,
  signal: AbortSignal,
): Promise<readonly Trial[]> => {
  const api = await apiServer(cluster, signal);
  const all: readonly (readonly [string, string, (report: Report) => Promise<Outcome>])[] = [
    ['policies', 'what breaks policy is refused', () => policyRefusals(cluster, api)],
    ['tenants', 'tenants are apart', () => tenantIsolation(cluster, api)],
    ['requests', 'requests arrive', () => requests(cluster, emulator.requestPath)],
    ['drains', 'nodes are drained', (report) => drains(cluster, report)],
    ['zones', 'a zone is lost', (report) => zoneLoss(cluster, emulator, report)],
    ['surge', 'everything at its maximum', (report) => surge(cluster, report)],
  ];
  const done: Trial[] = [];
  for (const [subject, title, attempt] of all)
    done.push([
      subject,
      await steps.step(title, async (report) => {
        const { faults, line } = await attempt(report);
        if (faults.length > 0) throw new Error(faults.join('\n  '));
        return line;
      }),
    ]);
  return done;
};
