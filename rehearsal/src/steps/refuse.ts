/** Throws all problems at once, if there are any. */
export const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new Error(problems.join('\n  '));
};
