/** Requests at the same time: fewer than for which AWS throttles, or the API server puts off. */
const AT_ONCE = 8;

/** Does the work for each item, some at the same time. The results are in the order of the items. */
export const inTurns = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const done: R[] = [];
  const rest = [...items.entries()];
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) done[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
};
