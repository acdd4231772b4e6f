import type { Aws } from './aws';
import type { Miss } from './check';
import { CHECKS } from './checks';
import { learn, type Facts, type Learned } from './facts';
import { caller } from './facts/place';
import type { Plan } from './plan';
import { why } from './why';

/** The outcome of a check. */
export interface Result {
  readonly title: string;
  readonly misses: readonly Miss[];
  /** Why the check was not made. @default - it was */
  readonly unchecked?: string | undefined;
}

/** Why a check failed by itself, in one line. */
const fault = (error: unknown): string => {
  const [told] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n');
  return `the check does not understand the answer of AWS (${told!.replace(/:? *$/, '')})`;
};

/** Makes every check of whose facts all are known. One that fails is not made, and the others are. */
export const judge = (plan: Plan, { known, unknown }: Learned, checks = CHECKS): readonly Result[] =>
  checks.map(({ title, facts, find }) => {
    const [reason] = facts.flatMap((name) => unknown[name] ?? []);
    if (reason !== undefined) return { title, misses: [], unchecked: reason };
    try {
      return { title, misses: find(plan, known as Facts) };
    } catch (error) {
      return { title, misses: [], unchecked: fault(error) };
    }
  });

/** Why the account cannot be asked at all, if it cannot: no credentials, or those of another account. */
export const unable = async (
  aws: Aws,
  { name, account }: Pick<Plan, 'name' | 'account'>,
): Promise<string | undefined> => {
  try {
    const held = await caller.read(aws, undefined as never);
    return held.account === account
      ? undefined
      : `the credentials belong to the account ${held.account} (${held.arn}), but ${name} is in ${account}: use credentials of ${account} (AWS_PROFILE), or correct account in lib/config/environments/${name}.ts`;
  } catch (error) {
    return why(error);
  }
};

/** Looks at the account of an environment. */
export const examine = async (aws: Aws, plan: Plan): Promise<readonly Result[]> => judge(plan, await learn(aws, plan));
