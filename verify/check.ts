import type { FactName, Facts } from './facts';
import type { Target } from './target';

/** Something that is wrong or could not be asked, and what to do about it. */
export interface Finding {
  readonly what: string;
  /** A command, or where to look. */
  readonly remedy: string;
  /** It could not be asked. @default false */
  readonly unasked?: boolean;
}

/** One thing that holds of a deployed environment. */
export interface Check<K extends FactName = FactName> {
  /** The statement that it checks. */
  readonly title: string;
  /** Facts that it needs; unless all are known, the check is not made. */
  readonly facts: readonly K[];
  readonly find: (target: Target, facts: Pick<Facts, K>) => readonly Finding[];
}

/** A check that sees only the facts that it names. */
export const check = <K extends FactName>(of: Check<K>): Check => of as unknown as Check;

/** A finding for each item that has one. */
export const findings = <T>(items: readonly T[], find: (item: T) => Finding | undefined): readonly Finding[] =>
  items.flatMap((item) => find(item) ?? []);

/** Items of a long list that a person reads. */
const SHOWN = 3;

/** The first of a list, and how many more there are. */
export const few = (all: readonly string[]): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join(', ');
