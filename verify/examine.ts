import type { Check, Finding } from './check';
import { learn, type Facts, type Learned } from './facts';
import type { World } from './facts/reader';
import type { Target } from './target';

/** The outcome of a check. */
export interface Result {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** Why a check failed by itself, in one line. */
const fault = (error: unknown): string =>
  `the check does not understand the answer (${(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n', 1)[0]})`;

const unasked = (what: string): readonly Finding[] => [
  { unasked: true, what, remedy: 'verify again where it can be asked (docs/verify.md)' },
];

/** Makes every check of whose facts all are known. The others say why they were not made. */
export const judge = (target: Target, { known, unknown }: Learned, checks: readonly Check[]): readonly Result[] =>
  checks.map(({ title, facts, find }) => {
    const [reason] = facts.flatMap((name) => unknown[name] ?? []);
    if (reason !== undefined) return { title, findings: unasked(reason) };
    try {
      return { title, findings: find(target, known as Facts) };
    } catch (error) {
      return { title, findings: unasked(fault(error)) };
    }
  });

/** Asks what the checks have to know, and makes them. */
export const examine = async (world: World, target: Target, checks: readonly Check[]): Promise<readonly Result[]> => {
  const names = [...new Set(checks.flatMap(({ facts }) => facts))];
  return judge(target, await learn(world, target, names), checks);
};
