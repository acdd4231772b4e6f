import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scripts } from '../package.json';
import { FAULTS } from '../checks/faults/faults';
import { UPDATES } from '../checks/updates/updates';

const ROOT = join(__dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** First cells of the rows of a page's tables. */
const firstCells = (page: string) => [...read(page).matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell]) => cell!);

test('CONTRIBUTING.md has every script of package.json, and no other', () => {
  const told = firstCells('CONTRIBUTING.md').map((cell) => /^`npm (?:run )?([\w:-]+)/.exec(cell)?.[1]);
  expect(told.toSorted()).toEqual(Object.keys(scripts).toSorted());
});

test('every script runs a file that there is', () => {
  const files = Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.ts\b/g) ?? []);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('README.md says what is in every folder', () => {
  const cells = firstCells('README.md');
  const told = new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, folder]) => folder)));
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z]+$/.test(entry.name))
    .map(({ name }) => name);
  expect(folders.filter((folder) => !told.has(folder) && folder !== 'rendered')).toEqual([]);
});

describe('CI', () => {
  const [, list = ''] = /<<'CHECKS'[^\n]*\n([\s\S]*?)\nCHECKS/.exec(read('.ci/run')) ?? [];
  const lines = list.split('\n').map((line) => /^(\S+)(?: -- (.*))?$/.exec(line)!);

  test('runs scripts that there are', () => {
    expect(lines.map(([, script]) => script!).filter((script) => !(script in scripts))).toEqual([]);
  });

  test('runs every check but those that take longest', () => {
    const checks = Object.keys(scripts).filter((script) => script.startsWith('check:'));
    const left = checks.filter((check) => !lines.some(([, script]) => script === check));
    expect(left.toSorted()).toEqual(['check:blue-green', 'check:slowness', 'check:tenants']);
  });

  test.each([
    ['check:faults', FAULTS],
    ['check:updates', UPDATES],
  ])('chooses of %s what there is', (check, all) => {
    const chosen = lines.filter(([, script]) => script === check).map(([, , title]) => title!.replaceAll("'", ''));
    expect(chosen.filter((title) => !all.some((one) => one.title === title))).toEqual([]);
  });
});
