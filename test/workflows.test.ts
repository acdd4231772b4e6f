import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scripts } from '../package.json';
import type { Json } from './synth';

const FOLDER = join(__dirname, '..', '.github', 'workflows');
const files = readdirSync(FOLDER);

describe.each(files.map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')] as const))('%s', (_, text) => {
  const workflow: Json = parse(text);
  const jobs = Object.entries<Json>(workflow.jobs);
  const steps: readonly Json[] = jobs.flatMap(([, job]) => job.steps);

  test('pins each action by its commit, and says its version', () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action!);
    for (const action of uses) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('has no permission but those that a job asks for, and no secret', () => {
    expect(workflow.permissions).toEqual({});
    expect(text).not.toMatch(/secrets\.|pull_request_target|id-token|aws-actions/);
    for (const [, job] of jobs) expect(Object.keys(job.permissions)).toHaveLength(1);
  });

  test('writes only where nothing of the pull request runs', () => {
    for (const [name, { permissions, steps: own }] of jobs) {
      const writes = Object.values(permissions).includes('write');
      const runsOurs = own.some(({ uses = '', run = '' }: Json) => uses.includes('checkout') || /\bnp[mx]\b/.test(run));
      expect([name, writes && runsOurs]).toEqual([name, false]);
    }
  });

  test('leaves no credentials behind where it checks out', () => {
    for (const { uses, with: options } of steps.filter((step) => step.uses?.includes('checkout')))
      expect([uses, options['persist-credentials']]).toEqual([uses, false]);
  });

  test('puts nothing that others write into a command', () => {
    const commands = steps.flatMap(({ run }) => run ?? []);
    expect(commands.filter((command) => /\$\{\{(?! matrix\.)/.test(command))).toEqual([]);
  });

  test('runs scripts that there are, in bounded time', () => {
    const commands = [
      ...steps.flatMap(({ run }) =>
        [...(run ?? '').matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name!),
      ),
      ...jobs.flatMap(([, job]) =>
        (job.strategy?.matrix.command ?? []).map((command: string) => command.split(' ')[0]),
      ),
    ];
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    for (const [name, job] of jobs) expect([name, job['timeout-minutes'] > 0]).toEqual([name, true]);
  });
});

/** Runs the step that opens the pull request of an image. `gh` answers with the number of those that are open, and says what it is told. */
const opened = (open: number): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'gh-'));
  const script = `#!/bin/sh\ncase "$2" in list) echo ${open} ;; *) printf '%s\\0' "$@" ;; esac\n`;
  writeFileSync(join(folder, 'gh'), script, { mode: 0o755 });
  const { propose }: Json = parse(readFileSync(join(FOLDER, 'image.yml'), 'utf8')).jobs;
  const [{ run }] = propose.steps;
  const message = 'staging: auth-service is main-1a2b3c4d5e6f\n\nBuilt of example/auth, commit 1a2b.';
  // https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
  const { stdout } = spawnSync('bash', ['-e', '-c', run], {
    encoding: 'utf8',
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      REPOSITORY: 'example/platform',
      BASE: 'main',
      BRANCH: 'image/auth-service/main-1a2b3c4d5e6f',
      MESSAGE: message,
    },
  });
  return stdout.split('\0').slice(0, -1);
};

test('an image is proposed once, with the words of its commit', () => {
  expect(opened(1)).toEqual([]);
  const [, , ...options] = opened(0);
  expect(options).toEqual([
    '--repo',
    'example/platform',
    '--base',
    'main',
    '--head',
    'image/auth-service/main-1a2b3c4d5e6f',
    '--title',
    'staging: auth-service is main-1a2b3c4d5e6f',
    '--body',
    '\nBuilt of example/auth, commit 1a2b.',
  ]);
});

test('what decides what reaches an environment has owners', () => {
  const owned = readFileSync(join(FOLDER, '..', 'CODEOWNERS'), 'utf8');
  for (const path of [
    '/lib/',
    '/bin/',
    '/package-lock.json',
    '/typescript.cjs',
    '/.ci/',
    '/.github/',
    '/review/',
    '/rehearsal/src/',
  ])
    expect(owned).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')}\\s+@`, 'm'));
});
