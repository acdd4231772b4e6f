import { readdirSync, readFileSync } from 'node:fs';
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
    expect(uses.length).toBeGreaterThan(1);
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
