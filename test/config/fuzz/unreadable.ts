/** A problem as people read it: whose it is, what is wrong, and after a colon what to do. Short, on one line. */
const READABLE = /^(?:dev|staging|prod|environment|pipeline): \S[^\n]*: [^\n]*\S$/;

/** What is wrong with problems, whatever they are about. */
export const unreadable = (problems: readonly string[]): readonly string[] =>
  problems.filter((problem) => {
    const [, least, most] = /: choose (-?[\d.e+]+)(?: \(\w+\))? to (-?[\d.e+]+)/.exec(problem) ?? [];
    return (
      !READABLE.test(problem) ||
      problem.length > 2000 ||
      /\[object|\bNaN (?:is|of)|undefined/.test(problem.replace(/"[^"]*"/g, '')) ||
      Number(least) > Number(most)
    );
  });
