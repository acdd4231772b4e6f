import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../rehearsal/src/command-line';
import { PROJECT } from '../../rehearsal/src/folders';

const lock = (project: string) => readFileSync(join(project, 'package-lock.json'), 'utf8');

/** Makes a checkout of a commit with its dependencies: those of this project where both want the same. */
export const checkOut = (commit: string, folder: string): void => {
  execFileSync('git', ['-C', PROJECT, 'worktree', 'add', '--quiet', '--force', '--detach', folder, commit]);
  if (lock(folder) === lock(PROJECT))
    cpSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  else execFileSync('npm', ['ci', '--silent'], { cwd: folder, stdio: 'inherit' });
};

/** Takes a checkout away. */
export const takeAway = (folder: string): void =>
  void execFileSync('git', ['-C', PROJECT, 'worktree', 'remove', '--force', folder]);

/** The full name of a commit. Throws a UsageError if there is none. */
export const commitOf = (name: string): string => {
  try {
    const revision = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return execFileSync('git', ['-C', PROJECT, ...revision], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new UsageError(`COMMIT is "${name}": choose one that git log shows`, { cause: error });
  }
};
