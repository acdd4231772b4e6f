import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { link, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interruption } from './process';

/** The user's cache folder: shared between clones, for what is in it is keyed by its versions. */
const cacheFolder = () =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'service-management-platform-rehearsal');

/**
 * A folder of the cache, filled once: it gets its name when it is complete, so an interrupted filling leaves none. A call waits while
 * another process fills the folder.
 */
export const cached = async (
  name: string,
  fill: (folder: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<string> => {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const release = await lock(`${folder}.lock`, signal);
  try {
    if (existsSync(folder)) return folder; // filled meanwhile
    const unfinished = await mkdtemp(`${folder}.`);
    try {
      await fill(unfinished);
      await rename(unfinished, folder).catch((error) => {
        if (!existsSync(folder)) throw error; // else another one was faster, which took the lock of a process that has ended
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  } finally {
    await release();
  }
  return folder;
};

/** Takes a lock: a file that names the process that has it, which counts as long as the process lives. */
const lock = async (file: string, signal?: AbortSignal): Promise<() => Promise<void>> => {
  const own = `${file}.${process.pid}`;
  await writeFile(own, identity(process.pid)!);
  try {
    for (;;) {
      if (signal?.aborted) throw interruption(signal);
      try {
        await link(own, file); // which only one can, and with its content
        return () => rm(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readFile(file, 'utf8').catch(() => undefined);
      if (holder === undefined) continue; // it was released meanwhile
      if (holder === identity(Number.parseInt(holder, 10))) await sleep(AGAIN);
      else await rm(file, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
};

const AGAIN = 300; // milliseconds between two looks at a lock

/** The number of a process that lives and when it began, as numbers come back; on other systems than Linux its number alone. */
const identity = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}`;
  }
};

/** A short key for a folder of the cache, from whatever its content depends on. */
export const digest = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
