import { UsageError } from '../rehearsal/src/command-line';

/** Those of some things whose titles are given, or all of them. Throws a UsageError if there is none of a title. */
export const chosen = <T extends { readonly title: string }>(
  all: readonly T[],
  kind: string,
  titles: readonly string[],
): readonly T[] => {
  const unknown = titles.filter((title) => !all.some((one) => one.title === title));
  if (unknown.length > 0)
    throw new UsageError(
      `no ${kind} is called "${unknown.join('", "')}": choose ${all.map(({ title }) => `"${title}"`).join(', ')}`,
    );
  return titles.length === 0 ? all : all.filter(({ title }) => titles.includes(title));
};

/** The usage of a check that takes titles. */
export const usageOf = (script: string, what: string, all: readonly { readonly title: string }[]): string =>
  `usage: npm run ${script} -- [TITLE …]\n\n${what}. A TITLE is one of these (default: all):\n` +
  all.map(({ title }) => `\n  '${title}'`).join('');
