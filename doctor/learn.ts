import { why } from './why';

/** Asks for named facts at the same time. Returns the known ones, and why the rest are unknown. */
export const learnAll = async <K extends string>(names: readonly K[], ask: (name: K) => Promise<unknown>) => {
  const answers = await Promise.all(
    names.map(async (name) => {
      try {
        return { name, value: await ask(name) };
      } catch (error) {
        return { name, reason: why(error) };
      }
    }),
  );
  return {
    known: Object.fromEntries(
      answers.flatMap(({ name, reason, value }) => (reason === undefined ? [[name, value]] : [])),
    ),
    unknown: Object.fromEntries(answers.flatMap(({ name, reason }) => (reason === undefined ? [] : [[name, reason]]))),
  };
};
