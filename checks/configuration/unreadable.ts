import { ENVIRONMENT_NAME } from '../../lib/config/schema/environment';

/** A problem as people read it: whose it is, what is wrong, and after a colon what to do. Short, on one line. */
const READABLE = /^([a-z][a-z0-9-]*): \S[^\n]*: [^\n]*\S$/;

const isNamed = (problem: string): boolean => {
  const [, whose = ''] = READABLE.exec(problem) ?? [];
  return ['environment', 'pipeline'].includes(whose) || ENVIRONMENT_NAME.test(whose);
};

/** The problems that a person could not read, whatever they are about. */
export const unreadable = (problems: readonly string[]): readonly string[] =>
  problems.filter((problem) => {
    const [, least, most] = /: choose (-?[\d.e+]+)(?: \(\w+\))? to (-?[\d.e+]+)/.exec(problem) ?? [];
    return (
      !isNamed(problem) ||
      problem.length > 2000 ||
      /\[object|\bNaN (?:is|of)|undefined/.test(problem.replace(/"[^"]*"/g, '')) ||
      Number(least) > Number(most)
    );
  });
