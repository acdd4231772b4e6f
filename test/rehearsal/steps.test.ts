import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const read = (...path: readonly string[]) => readFileSync(join(ROOT, ...path), 'utf8');

test('the page on the rehearsal lists what each step does, by the name that is printed', () => {
  const items = read('docs', 'rehearsal.md').match(/^\d+\. \*\*.*(?:\n {3,4}.*)*/gm) ?? [];
  const listed = items.flatMap((item) => [...item.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name!));
  const titles = [
    ...read('rehearsal', 'src', 'rehearsal.ts').matchAll(/(?:step|examine|deployAll)\([^']{0,40}'([^']+)'/g),
    ...read('rehearsal', 'src', 'drills', 'trials.ts').matchAll(/^ {2}\['\w+', '([^']+)'/gm),
  ].map(([, title]) => title!);
  expect(titles.length).toBeGreaterThan(15);
  expect(titles.filter((title) => !listed.includes(title))).toEqual([]);
});
