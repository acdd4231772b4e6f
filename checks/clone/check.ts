import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environments } from '../../lib/config';
import { command } from '../../rehearsal/src/command-line';
import { PROJECT } from '../../rehearsal/src/folders';
import { withOtherValues, withRelease, withService } from './edits';

const change = (file: string, edit: (text: string) => string) => writeFileSync(file, edit(readFileSync(file, 'utf8')));

/** A clone of the project as it is here, committed or not, that a team has filled in. */
const filledIn = (folder: string): void => {
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });
  execFileSync('git', ['clone', '--quiet', '--shared', PROJECT, folder]);
  const here = execFileSync('git', ['diff', '--binary', 'HEAD'], { cwd: PROJECT, maxBuffer: 2 ** 30 });
  if (here.length > 0) execFileSync('git', ['-C', folder, 'apply', '--index'], { input: here });
  const config = join(folder, 'lib', 'config');
  for (const environment of environments) {
    change(join(config, 'environments', `${environment.name}.ts`), (text) =>
      withService(withOtherValues(text, environment)),
    );
    change(join(config, 'releases', `${environment.name}.json`), withRelease);
  }
  change(join(config, 'pipeline.ts'), (text) => withService(withOtherValues(text, environments[0]!)));
  for (const file of ['names.ts', 'services.ts']) change(join(folder, 'lib', 'model', file), withService);
  git('add', '--all');
  git('-c', 'user.name=check', '-c', 'user.email=check@example.com', 'commit', '--quiet', '--message', 'Our values');
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
};

const check = async (patterns: readonly string[], signal: AbortSignal): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-clone-'));
  try {
    filledIn(folder);
    const jest = join(PROJECT, 'node_modules', 'jest', 'bin', 'jest.js');
    const tests = spawn(process.execPath, [jest, '--ci', '--silent', ...patterns], {
      cwd: folder,
      stdio: 'inherit',
      signal,
    });
    const [code] = await once(tests, 'close');
    return code ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const USAGE = `usage: npm run check:clone -- [PATTERN…]

  PATTERN  what the path of a test file contains (default: all of them)

Fills in other accounts, regions, domains and an owner, and adds a service, in a clone of the project, and runs its tests.`;

void command({ usage: USAGE, takes: [0, Infinity] }, async ({ positionals, signal }) => {
  process.exitCode = await check(positionals, signal);
});
