import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wherePythonIs } from './constructs/inline-function';

const ROOT = join(__dirname, '..');

/** The output of a linter for a file of its own, from the root of the project. */
const linted = (name: string, lines: readonly string[], command: string, ...args: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-comments-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const { stdout, stderr } = spawnSync(command, [...args, file], { cwd: ROOT, encoding: 'utf8' });
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('oxlint refuses a comment of TypeScript that begins with a headless clause, and no other one', () => {
  const lines = [
    '/** What it is. */',
    'export const a = 1; // who made it',
    '/**',
    ' * Whoever reads it.',
    ' */',
    'export const b = 2; // the value that it has',
    '// Whole numbers.',
    "export const c = '// what';",
  ];
  const config = ['--config', join(ROOT, '.oxlintrc.json'), '--format', 'unix'];
  const output = linted('sample.ts', lines, process.execPath, 'node_modules/oxlint/bin/oxlint', ...config);
  expect([...output.matchAll(/sample\.ts:(\d+):.*no-warning-comments/g)].map(([, line]) => line)).toEqual([
    '1',
    '2',
    '3',
  ]);
});

wherePythonIs('lint/python/comments.py', () => {
  test('refuses a comment or docstring that begins with a headless clause, and no other one', () => {
    const lines = [
      '"""What it is."""',
      '',
      'A = 1  # who made it',
      '"""',
      'Whose it is."""',
      '',
      '',
      'def whole() -> str:',
      '    """Nothing."""',
      '    return "What"  # the value',
    ];
    const output = linted('sample.py', lines, 'python3', 'lint/python/comments.py');
    expect([...output.matchAll(/sample\.py:(\d+): begin with a noun/g)].map(([, line]) => line)).toEqual([
      '3',
      '1',
      '4',
    ]);
  });
});
