import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifeOf } from '../../rehearsal/src/life';

jest.mock('get-port', () => ({})); // an ES module, for starting the emulator

const ROOT = join(__dirname, '..', '..');
const read = (...path: readonly string[]) => readFileSync(join(ROOT, ...path), 'utf8');

test('the page on the rehearsal lists what each step does, by the name that is printed', () => {
  const items = read('docs', 'rehearsal.md').match(/^\d+\. \*\*.*(?:\n {3,4}.*)*/gm) ?? [];
  const listed = new Set(items.flatMap((item) => [...item.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name!)));
  const titles = lifeOf({}).flatMap(({ title }) => (typeof title === 'string' ? [title] : ['deploy', 'update']));
  expect(titles.length).toBeGreaterThan(15);
  expect(titles.filter((title) => !listed.has(title))).toEqual([]);
});
