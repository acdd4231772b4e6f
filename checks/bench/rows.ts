import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './measure';

/** Something whose time is compared between two commits. */
export interface Row {
  readonly name: string;
  /** Command as people type it. */
  readonly title: string;
  /** The part of the time before that the present one may take; of the memory likewise. */
  readonly target: { readonly wall: number; readonly cpu?: number; readonly memory?: number };
  /** Runs of each commit, if nobody says how many. */
  readonly runs: number;
  /** The command in a checkout that may be changed, and a function that removes its traces. */
  readonly command: (checkout: string, scratch: string) => Command & { readonly after?: () => void };
}

/** Another text in a file of a checkout, committed there; the file is one of some, because older commits have it elsewhere. */
const commit = (checkout: string, files: readonly string[], pattern: RegExp, instead: string) => {
  const path = files.map((file) => join(checkout, file)).find(existsSync)!;
  const text = readFileSync(path, 'utf8');
  if (!pattern.test(text)) throw new Error(`${path} has nothing like ${pattern}`);
  writeFileSync(path, text.replace(pattern, instead));
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  execFileSync('git', ['-C', checkout, ...author, 'commit', '--quiet', '--all', '--no-verify', '--message', 'bench']);
};

const review = (files: readonly string[], pattern: RegExp, instead: string) => (checkout: string) => {
  commit(checkout, files, pattern, instead);
  return {
    cwd: checkout,
    argv: ['npm', 'run', '--silent', 'review', '--', 'HEAD~1'] as const,
    after: () => void execFileSync('git', ['-C', checkout, 'reset', '--quiet', '--hard', 'HEAD~1']),
  };
};

/** Caches of a machine on which nothing ran before. Packages of npm and Python come from the user's own caches. */
const bare = (scratch: string) => {
  const folder = mkdtempSync(join(scratch, 'bare-'));
  return {
    env: {
      XDG_CACHE_HOME: join(folder, 'cache'),
      GOCACHE: join(folder, 'go-build'),
      GOMODCACHE: join(folder, 'go-modules'),
      GOFLAGS: '-modcacherw',
    },
    after: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const PROD = ['lib/config/environments/prod.ts', 'lib/config/prod.ts'];

export const ROWS: readonly Row[] = [
  {
    name: 'synth',
    title: '`npx cdk synth -q -c env=prod`',
    target: { wall: 0.6, memory: 0.7 },
    runs: 7,
    command: (cwd, scratch) => ({
      cwd,
      argv: ['npx', 'cdk', 'synth', '-q', '-c', 'env=prod', '--output', join(scratch, 'cdk.out')],
    }),
  },
  {
    name: 'review-image',
    title: '`npm run review -- HEAD~1` after a changed image tag',
    target: { wall: 0.5 },
    runs: 3,
    command: review(['lib/config/releases/prod.json', ...PROD], /(?<=imageTag: '|"tag": ")[^'"]+/, '1.0.1'),
  },
  {
    name: 'review-domain',
    title: '`npm run review -- HEAD~1` after a changed domain',
    target: { wall: 0.5 },
    runs: 3,
    command: review(PROD, /platform\.com/g, 'example.com'),
  },
  {
    name: 'test',
    title: '`npm test`',
    target: { wall: 0.6 },
    runs: 3,
    command: (cwd) => ({ cwd, argv: ['npm', 'test', '--silent'] }),
  },
  {
    name: 'rehearse',
    title: '`npm run rehearse -- prod`, tools in the cache',
    target: { wall: 0.5, cpu: 0.6 },
    runs: 3,
    command: (cwd) => ({
      cwd,
      argv: ['npm', 'run', '--silent', 'rehearse', '--', 'prod', '--seed', '215712'],
    }),
  },
  {
    name: 'first-run',
    title: '`npm run rehearse -- prod`, nothing in the cache and no released binaries',
    target: { wall: 0.5 },
    runs: 1,
    command: (cwd, scratch) => ({
      cwd,
      argv: ['npm', 'run', '--silent', 'rehearse', '--', 'prod', '--seed', '215712'],
      ...bare(scratch),
    }),
  },
  {
    name: 'ci',
    title: '`.ci/run`, caches warm',
    target: { wall: 0.5 },
    runs: 1,
    command: (cwd) => ({ cwd, argv: ['sh', '.ci/run'] }),
  },
];
