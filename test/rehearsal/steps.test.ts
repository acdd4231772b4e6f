import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const read = (...path: readonly string[]) => readFileSync(join(ROOT, ...path), 'utf8');

test('the page on the rehearsal says what each step does, by the name that is printed', () => {
  const [, rows = ''] = /\| step \| what happens \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(read('docs', 'rehearsal.md')) ?? [];
  const titles = [
    ...read('rehearsal', 'src', 'rehearsal.ts').matchAll(/(?:step|examine|deployAll)\([^']{0,40}'([^']+)'/g),
    ...read('rehearsal', 'src', 'drills', 'trials.ts').matchAll(/^ {2}\['\w+', '([^']+)'/gm),
  ].map(([, title]) => title!);
  expect(titles.length).toBeGreaterThan(15);
  expect(titles.filter((title) => !rows.includes(title))).toEqual([]);
});
