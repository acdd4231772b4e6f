import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../rehearsal/src/command-line';
import { contextOf } from '../rehearsal/src/app/cdk';
import { CommandError, run } from '../rehearsal/src/process';
import type { Report } from '../rehearsal/src/report/progress';
import { stacksIn, type DeployedStack } from './assembly';

const PROJECT = join(__dirname, '..');

const git = async (...args: string[]) => (await run('git', args, { cwd: PROJECT })).trim();

/** One side of a comparison: a commit, or the working tree with all that is not committed. */
export interface Version {
  /** As a person reads it: `1a2b3c4`, `working tree`. */
  readonly name: string;
  /** Absent for the working tree. */
  readonly commit?: string;
}

/** The version that a revision names. Refuses what is no commit. */
export const version = async (revision: string | undefined): Promise<Version> => {
  if (revision === undefined) return { name: 'working tree' };
  try {
    const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
    return { name: await git('rev-parse', '--short', commit), commit };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const fix = 'fetch it, or choose one that git log shows';
    throw new UsageError(`"${revision}" is not a commit of this repository: ${fix}`, { cause: error });
  }
};

/** Lets work happen in a folder with the version and its dependencies; the folder is gone afterwards, however it ends. */
export const checkout = async <T>(
  { name, commit }: Version,
  report: Report,
  signal: AbortSignal,
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  if (commit === undefined) return work(PROJECT);
  const parent = await mkdtemp(join(tmpdir(), 'platform-review-'));
  const tree = join(parent, 'tree');
  try {
    await git('worktree', 'add', '--detach', '--quiet', tree, commit);
  } catch (error) {
    await rm(parent, { recursive: true, force: true });
    throw error;
  }
  try {
    const folder = join(tree, await git('rev-parse', '--show-prefix'));
    if (lock(folder) === lock(PROJECT)) await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    else {
      report(`${name}: installing its dependencies with npm ci, because they differ`);
      await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: folder, signal });
    }
    return await work(folder);
  } finally {
    await git('worktree', 'remove', '--force', tree);
    await rm(parent, { recursive: true, force: true });
  }
};

const lock = (folder: string): string => readFileSync(join(folder, 'package-lock.json'), 'utf8');

const isPipeline = (name: string): boolean => name.endsWith('-pipeline');

/** Pipelines first: with each comes the environment that it delivers. */
export const pipelinesFirst = (names: readonly string[]): readonly string[] =>
  names.toSorted((one, other) => Number(isPipeline(other)) - Number(isPipeline(one)));

/**
 * The stacks of an environment of a checkout, or of its pipeline, as its own CDK CLI synthesizes them, with no credentials.
 *
 * Under the name of what they belong to: a pipeline comes with the environment that it delivers, equal to what that is by itself.
 */
export const synthesized = async (
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly DeployedStack[]>>> => {
  const output = await mkdtemp(join(tmpdir(), 'platform-review-'));
  const cli = join(folder, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const context = Object.entries(contextOf(name)).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  // Assets have their hash in the template: their files, and metadata with the paths of these, say nothing more.
  const options = ['--quiet', '--no-staging', '--no-asset-metadata', '--no-color', '--no-notices', '--output', output];
  try {
    await run(process.execPath, [cli, 'synth', ...context, ...options], {
      cwd: folder,
      signal,
      env: { PATH: process.env.PATH, HOME: output, TMPDIR: output, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    });
    const stacks = stacksIn(output);
    if (!isPipeline(name)) return { [name]: stacks };
    const owner = ({ path }: DeployedStack) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : name);
    const owners = [...new Set(stacks.map(owner))];
    return Object.fromEntries(owners.map((one) => [one, stacks.filter((stack) => owner(stack) === one)]));
  } finally {
    await rm(output, { recursive: true, force: true });
  }
};
