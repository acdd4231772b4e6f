import type { Result } from './examine';

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

/** Whether something is missing; advice and unchecked prerequisites do not count. */
export const isMissing = ({ misses }: Result): boolean => misses.some(({ advice }) => advice !== true);

/** Missing things with their remedies, then unchecked ones with the reasons: a line or two each. One line when all is well. */
export const report = (name: string, results: readonly Result[]): string => {
  const told = results.filter(({ misses }) => misses.length > 0);
  const missing = results.filter(isMissing).length;
  const unchecked = results.filter((result) => result.unchecked !== undefined);
  const made = results.length - unchecked.length;
  const summary =
    missing === 0
      ? `${name}: nothing is missing (${count(made, 'check', 'checks')})`
      : `${name}: ${missing} of ${count(made, 'check', 'checks')} found something missing`;
  return [
    ...told.flatMap(({ title, misses }) => [
      title,
      ...misses.flatMap(({ missing: what, remedy, advice }) => [`  ${advice ? '!' : '✖'} ${what}`, `    → ${remedy}`]),
    ]),
    ...byReason(unchecked),
    unchecked.length === 0 ? summary : `${summary}; ${count(unchecked.length, 'check was', 'checks were')} not made`,
  ].join('\n');
};

/** Unchecked prerequisites, grouped by the reason. */
const byReason = (unchecked: readonly Result[]): readonly string[] => {
  const reasons = [...new Set(unchecked.map((result) => result.unchecked!))];
  return reasons.flatMap((reason) => [
    `Not checked, because ${reason}:`,
    ...unchecked.filter((result) => result.unchecked === reason).map(({ title }) => `  ? ${title}`),
  ]);
};
