import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cached, digest } from './cache';
import { run } from './process';
import type { Report } from './progress';

const PROJECT = join(__dirname, '..');
/** The pinned requirements of the emulated AWS. */
const REQUIREMENTS = join(__dirname, 'aws', 'requirements.txt');

/** The interpreter of a Python environment that has what a requirements file pins, and nothing else. */
export const pythonEnvironment = async (report: Report, signal: AbortSignal, requirements = REQUIREMENTS) => {
  const version = await run('python3', ['--version'], { signal }).catch((error) => {
    if (error.code === 'ENOENT')
      throw new Error('python3 is not there: install Python 3.11 or newer, with its venv module');
    throw error;
  });
  const key = digest(version.trim(), await readFile(requirements, 'utf8'));
  const folder = await cached(`python-${key}`, async (target) => {
    report(`installing ${relative(PROJECT, requirements)} into the cache, once`);
    await run('python3', ['-m', 'venv', target], { signal });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements];
    await run(join(target, 'bin', 'python'), install, { signal });
  });
  return join(folder, 'bin', 'python');
};
