import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../rehearsal/cdk';

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

/** The full name of a commit. Throws if there is none. */
export const commitOf = (name: string): string =>
  execFileSync('git', ['-C', PROJECT, 'rev-parse', '--verify', `${name}^{commit}`], { encoding: 'utf8' }).trim();
