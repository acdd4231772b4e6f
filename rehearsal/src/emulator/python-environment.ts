import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cached, digest } from '../cache';
import { PACKAGE, PROJECT } from '../folders';
import { run } from '../process';
import type { Report } from '../report/progress';

/** The pinned requirements of the emulated AWS. */
const REQUIREMENTS = join(PACKAGE, 'aws', 'requirements.txt');

/** Runs the Python of this machine, and returns what it printed. */
export const python3 = (args: readonly string[], signal: AbortSignal): Promise<string> =>
  run('python3', args, { signal }).catch((error) => {
    if (error.code === 'ENOENT')
      throw new Error('python3 is not installed: install Python 3.11 or newer, with its venv module');
    throw error;
  });

/** The interpreter of a Python environment that has what a requirements file pins, and nothing else. */
export const pythonEnvironment = async (report: Report, signal: AbortSignal, requirements = REQUIREMENTS) => {
  const version = await python3(['--version'], signal);
  const key = digest(version.trim(), await readFile(requirements, 'utf8'));
  const folder = await cached(
    `python-${key}`,
    async (target) => {
      report(`installing ${relative(PROJECT, requirements)} into the cache, once`);
      await python3(['-m', 'venv', target], signal);
      const install = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        '--require-hashes',
        '-r',
        requirements,
      ];
      await run(join(target, 'bin', 'python'), install, { signal });
    },
    signal,
  );
  return join(folder, 'bin', 'python');
};
