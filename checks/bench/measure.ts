import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { treeUsage } from '../../rehearsal/src/report/timeline';

/** The cost of one run of a command. */
export interface Measured {
  readonly wall: number;
  /** Seconds of CPU, of all that the command started. */
  readonly cpu: number;
  /** Maximum of MiB that all of its processes held at the same time. */
  readonly memory: number;
}

export interface Command {
  readonly cwd: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

const SAMPLE = 100; // milliseconds between two looks at the memory

/** Runs a command to its end. Throws, with what it printed, when it fails. */
export const measure = ({ cwd, argv: [program, ...args], env }: Command, signal: AbortSignal): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const before = treeUsage();
    const started = performance.now();
    let memory = 0;
    const output: string[] = [];
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const interrupt = () => child.pid !== undefined && process.kill(-child.pid, 'SIGINT');
    signal.addEventListener('abort', interrupt, { once: true });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
    const sampler = setInterval(() => {
      memory = Math.max(memory, treeUsage().memory - before.memory);
    }, SAMPLE);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(sampler);
      signal.removeEventListener('abort', interrupt);
      const wall = (performance.now() - started) / 1000;
      if (signal.aborted) reject(new Error('interrupted'));
      else if (code === 0) resolve({ wall, cpu: treeUsage().cpu - before.cpu, memory });
      else
        reject(
          new Error(`${[program, ...args].join(' ')} in ${cwd} ends with ${code}:\n${output.join('').slice(-3000)}`),
        );
    });
  });

/** The middle one of several figures, or the mean of the two in the middle. */
export const median = (figures: readonly number[]): number => {
  const sorted = figures.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
};

/** Empties the system's cache of files, which only root may. Throws where it cannot. */
export const dropFileCache = (): void => writeFileSync('/proc/sys/vm/drop_caches', '3');
