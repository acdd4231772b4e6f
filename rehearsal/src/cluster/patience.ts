import { createHash } from 'node:crypto';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** How far a control loop is. */
interface ControlLoop {
  /** Rounds that it has completed. */
  readonly rounds: number;
  /** Why the last round failed; empty if it did not. */
  readonly error: string;
}

/** The control loops that may still change what is waited for, by name. */
export type ControlLoops = Readonly<Record<string, ControlLoop>>;

/** The state of a cluster at one moment, and whether it is as wanted. */
export interface Observation<T> {
  readonly found: T;
  /** Whether it is as wanted. */
  readonly settled: boolean;
  /** Whether it never will be, which one fact says. @default false */
  readonly lost?: boolean;
  /** Whether something has been put off and will go on by itself, which no control loop counts as work. @default false */
  readonly putOff?: boolean;
  /** Everything whose change means that something is still going on. */
  readonly state: unknown;
}

/**
 * Rounds of every control loop without a change, after which nothing will change. With the pause between looks, longer than what
 * Kubernetes' controllers put off: volumes are looked at every 15 s, kwok tries again after 8 s at the latest.
 */
const ROUNDS = 30;
/** How often the same state may come back before what changes is taken for a circle. */
const CIRCLES = 50;
/** Milliseconds between two observations. */
const INTERVAL = 500;
/** Milliseconds without a change and without a round: the machine does not work, or a program hangs. Not a verdict. */
export const STUCK = 600_000;

/**
 * Observes a cluster until it is as wanted, or nothing changes any longer: every control loop has completed its rounds and found
 * nothing to do. No clock decides, so a slow machine only takes longer. Returns the last observation.
 */
export const settle = async <T>(
  loops: () => Promise<ControlLoops>,
  observe: () => Promise<Observation<T>>,
  interval = INTERVAL,
): Promise<Observation<T>> => {
  let state: string | undefined;
  let base: ControlLoops = {};
  let least = 0;
  let moved = performance.now();
  const seenBefore = new Map<string, number>();
  for (;;) {
    const completed = await loops(); // before the observation, so that it sees what they have done
    const seen = await observe();
    if (seen.settled || seen.lost) return seen;
    const now = JSON.stringify(seen.state);
    if (now !== state || seen.putOff) {
      const digest = createHash('sha256').update(now).digest('base64');
      const circles = (seenBefore.get(digest) ?? 0) + (now === state ? 0 : 1);
      seenBefore.set(digest, circles);
      if (circles > CIRCLES) return seen;
      state = now;
      base = await loops();
      least = 0;
      moved = performance.now();
    } else {
      const done = Object.entries(completed).map(([name, { rounds, error }]) => ({
        name: `${name} ${error}`.trim(),
        rounds: rounds - (base[name]?.rounds ?? rounds),
      }));
      const slowest = Math.min(...done.map(({ rounds }) => rounds));
      if (slowest > ROUNDS) return seen; // one more, which was begun before
      if (slowest > least) {
        least = slowest;
        moved = performance.now();
      } else if (performance.now() - moved > STUCK) {
        const slow = done.filter(({ rounds }) => rounds === slowest).map(({ name }) => name);
        throw new Error(noProgress(`no round of ${slow.join(', ')}`));
      }
    }
    await sleep(interval);
  }
};

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);

/** Says that the machine, not what is rehearsed, is to blame, and what to do. */
export const noProgress = (what: string): string => {
  return (
    `this machine made no progress for ${STUCK / 1000} s: ${what}. Its load is ${loadavg()[0]?.toFixed(1)} on ` +
    `${availableParallelism()} cores, ${gib(freemem())} of ${gib(totalmem())} GiB of memory free. ` +
    'End other programs, or give it more memory, and repeat the rehearsal.'
  );
};
