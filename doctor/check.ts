import type { FactName, Facts } from './facts';
import type { Plan } from './plan';

/** Something that is missing, and what to do about it. */
export interface Miss {
  readonly missing: string;
  /** A command, or where to ask. */
  readonly remedy: string;
  /** It can be deployed without. @default false */
  readonly advice?: boolean;
}

/** One prerequisite. */
export interface Check<K extends FactName = FactName> {
  /** The statement that it checks. */
  readonly title: string;
  /** Where AWS says so. */
  readonly source: string;
  /** Facts of the account that it needs; unless all are known, the check is not made. */
  readonly facts: readonly K[];
  readonly find: (plan: Plan, facts: Pick<Facts, K>) => readonly Miss[];
}

/** A check that sees only the facts that it names. */
export const check = <K extends FactName>(of: Check<K>): Check => of as unknown as Check;

/** A miss for each item that has one. */
export const misses = <T>(items: readonly T[], miss: (item: T) => Miss | undefined): readonly Miss[] =>
  items.flatMap((item) => miss(item) ?? []);
