import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, digest } from './cache';
import { run } from './process';
import type { Report } from './progress';

const REQUIREMENTS = join(__dirname, 'aws', 'requirements.txt');

/** The interpreter of a Python environment with the pinned requirements of the emulated AWS. */
export const pythonEnvironment = async (report: Report, signal: AbortSignal) => {
  const version = (await run('python3', ['--version'], { signal })).trim();
  const key = digest(version, await readFile(REQUIREMENTS, 'utf8'));
  const folder = await cached(`python-${key}`, async (target) => {
    report('making a virtual environment');
    await run('python3', ['-m', 'venv', target], { signal });
    const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps', '-r', REQUIREMENTS];
    await run(join(target, 'bin', 'python'), install, { signal, onLine: report });
  });
  return join(folder, 'bin', 'python');
};
