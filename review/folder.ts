import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RenderedObject } from './objects';

/** Marks a folder that may be emptied. */
const MARK = '.rendered';

/** Writes every object to its file. Earlier files of the folder go, but only if they were written here. */
export const write = (folder: string, objects: readonly RenderedObject[]): void => {
  const old = existsSync(folder) ? readdirSync(folder) : [];
  if (old.length > 0 && !old.includes(MARK))
    throw new Error(`--output is "${folder}", which holds other files: choose an empty folder, or a new one`);
  for (const name of old) rmSync(join(folder, name), { recursive: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), 'npm run render wrote this folder, and empties it the next time\n');
  for (const { file, yaml } of objects) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), yaml);
  }
};
