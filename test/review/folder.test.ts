import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { write } from '../../review/folder';

const rendered = (file: string) => ({
  file,
  yaml: `# ${file}\n`,
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
  resource: 'stack/id',
});

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'folder-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('makes the folder, and empties it the next time', () => {
  const folder = join(parent, 'new');
  write(folder, [rendered('a/Pod-a.yaml')]);
  write(folder, [rendered('b/Pod-b.yaml')]);
  expect(readFileSync(join(folder, 'b/Pod-b.yaml'), 'utf8')).toBe('# b/Pod-b.yaml\n');
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test('takes an empty folder', () => {
  write(parent, [rendered('a/Pod-a.yaml')]);
  expect(existsSync(join(parent, 'a/Pod-a.yaml'))).toBe(true);
});

test('refuses a folder with files of somebody else, and leaves them', () => {
  const file = join(parent, 'thesis.txt');
  writeFileSync(file, 'years of work');
  expect(() => write(parent, [])).toThrow(`"${parent}", which holds other files`);
  expect(readFileSync(file, 'utf8')).toBe('years of work');
});
