import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's cache folder: shared between clones, for what is in it is keyed by its versions. */
const cacheFolder = () =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'service-management-platform-rehearsal');

/** A folder of the cache, filled once: it gets its name when it is complete, so an interrupted filling leaves none. */
export const cached = async (name: string, fill: (folder: string) => Promise<void>): Promise<string> => {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.`);
  try {
    await fill(unfinished);
    await rename(unfinished, folder).catch((error) => {
      if (!existsSync(folder)) throw error; // else another rehearsal was faster
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
};

/** A short key for a folder of the cache, from whatever its content depends on. */
export const digest = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
