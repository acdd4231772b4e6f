import { join, relative } from 'node:path';
import { command } from '../../rehearsal/src/command-line';
import { CommandError, run } from '../../rehearsal/src/process';
import { pythonEnvironment } from '../../rehearsal/src/emulator/python-environment';

const ROOT = join(__dirname, '..', '..');
const PACKAGE = join(ROOT, 'rehearsal', 'aws');
const REQUIREMENTS = join(__dirname, 'requirements.txt');

/** A check: the name that a reader of its problems sees, what the environment's Python is to run, and where. */
type Check = readonly [name: string, args: readonly string[], folder?: string];

/** The settings of each are in pyproject.toml. */
const CHECKS: readonly Check[] = [
  ['ruff check', ['-m', 'ruff', 'check', '--quiet', '--output-format', 'concise']],
  ['ruff format', ['-m', 'ruff', 'format', '--check', '--quiet']],
  ['mypy', ['-m', 'mypy', '--no-error-summary']],
  ['lint/python/comments.py', [join(__dirname, 'comments.py')]],
  // It has no module to run, and its script names the folder that the environment had while it was made.
  [
    'import-linter',
    ['-c', 'from importlinter.cli import lint_imports_command as lint; lint()', join(ROOT, 'pyproject.toml')],
    PACKAGE,
  ],
];

/** Commands that change the files, in this order: the first leaves line breaks to the second. */
const FIXES: readonly Check[] = [
  ['ruff check', ['-m', 'ruff', 'check', '--fix', '--quiet']],
  ['ruff format', ['-m', 'ruff', 'format', '--quiet']],
];

const lint = async (isFix: boolean, signal: AbortSignal): Promise<number> => {
  const python = await pythonEnvironment(console.log, signal, REQUIREMENTS);
  const problemsOf = async ([name, args, cwd = ROOT]: Check): Promise<readonly string[]> => {
    try {
      await run(python, args, { cwd, signal });
      return [];
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return [`${name} finds in ${relative(ROOT, cwd) || 'the project'}:`, ...error.output];
    }
  };
  if (isFix) for (const fix of FIXES) await problemsOf(fix); // the checks find the rest
  const problems = (await Promise.all(CHECKS.map(problemsOf))).flat();
  for (const line of problems) console.error(line);
  return problems.length > 0 ? 1 : 0;
};

const USAGE = `usage: npm run lint:python -- [--fix]

Checks the project's Python with ruff, mypy and import-linter.

  --fix   formats it before, and mends what ruff can mend`;

void command({ usage: USAGE, options: { fix: { type: 'boolean' } } }, ({ values, signal }) =>
  lint(values.fix ?? false, signal),
);
