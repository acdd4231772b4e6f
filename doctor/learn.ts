import { why } from './why';

/** Readers of facts, by name. */
type Readers = Readonly<Record<string, { readonly read: (...args: never[]) => Promise<unknown> }>>;

/** All facts of some readers. */
export type FactsOf<R extends Readers> = { readonly [K in keyof R]: Awaited<ReturnType<R[K]['read']>> };

/** Known facts of some readers, and the reasons for the others. */
export interface LearnedBy<R extends Readers> {
  readonly known: Partial<FactsOf<R>>;
  readonly unknown: Readonly<Partial<Record<keyof R, string>>>;
}

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
