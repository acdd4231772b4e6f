import { setTimeout as sleep } from 'node:timers/promises';

/** Looks that somebody takes again and again. */
export interface Looks<T> {
  /** Those that are taken, the newest last. */
  readonly taken: readonly T[];
  /** Waits for some more. Throws what a look throws. */
  readonly more: (count: number) => Promise<void>;
  /** Takes a last look, and no other. Throws what a look has thrown. */
  readonly end: () => Promise<void>;
}

/** Milliseconds between two looks. */
const PAUSE = 100;

/** Looks from now on until somebody ends it, and has looked once when it returns. */
export const lookAgainAndAgain = async <T>(look: () => Promise<T>): Promise<Looks<T>> => {
  const taken: T[] = [];
  const ended = new AbortController();
  const looking = (async () => {
    while (!ended.signal.aborted) {
      taken.push(await look());
      await sleep(PAUSE);
    }
    taken.push(await look());
  })();
  looking.catch(() => {}); // `more` and `end` tell
  const more = async (count: number) => {
    const wanted = taken.length + count;
    while (taken.length < wanted) await Promise.race([looking, sleep(PAUSE)]);
  };
  await more(1);
  return {
    taken,
    more,
    end: () => {
      ended.abort();
      return looking;
    },
  };
};
