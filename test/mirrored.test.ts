import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COVERED_BY } from './covered-by';

const ROOT = join(__dirname, '..');

const withoutOwnTest = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((file) => !existsSync(join(__dirname, `${file}.test.ts`)));

/** The row of a file: its longest prefix. */
const rowOf = (file: string): string | undefined =>
  Object.keys(COVERED_BY)
    .filter((prefix) => file.startsWith(prefix))
    .toSorted((one, other) => other.length - one.length)[0];

test('every file of lib has its test at the mirrored path, or a row that names one', () => {
  expect(withoutOwnTest.filter((file) => rowOf(file) === undefined)).toEqual([]);
});

test('every row is about a file without a test of its own, and names a test that there is', () => {
  const used = new Set(withoutOwnTest.map(rowOf));
  const idle = Object.entries(COVERED_BY).filter(([row, by]) => !used.has(row) || !existsSync(join(ROOT, by)));
  expect(idle).toEqual([]);
});
