import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, devDependencies } from '../package.json';

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  /** A folder of this repository. */
  readonly link?: boolean;
  /** Inside of another package, whose integrity covers it. */
  readonly inBundle?: boolean;
}

const ROOT = join(__dirname, '..');

const { packages }: { packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
);
const fetched = Object.entries(packages).filter(
  ([path, { link, inBundle }]) => path.includes('node_modules/') && !link && !inBundle,
);

test('the lock file has the digest of every package that npm fetches, for whatever system', () => {
  expect(fetched.length).toBeGreaterThan(500);
  expect(fetched.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-')).map(([path]) => path)).toEqual(
    [],
  );
});

test('it names no registry: npm asks the one that it is configured with', () => {
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test('every dependency has one exact version', () => {
  const versions = Object.values({ ...dependencies, ...devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

/** Files of the project. Not by Git: a build of the pipeline has the files alone. */
const FILES = readdirSync(ROOT, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !/^(\.git|node_modules|findings|cdk\.out|coverage|rendered)$/.test(entry.name),
  )
  .flatMap(({ name }) =>
    readdirSync(join(ROOT, name), { encoding: 'utf8', recursive: true }).map((file) => join(name, file)),
  )
  .filter((file) => !file.includes('node_modules'));

describe.each(FILES.filter((file) => file.endsWith('requirements.txt')))('%s', (file) => {
  const entries = readFileSync(join(ROOT, file), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/ \\\n +/g, ' ')
    .trim()
    .split('\n');

  test('has one version of each package, with the digest of every file of it', () => {
    expect(entries.length).toBeGreaterThan(3);
    expect(entries.filter((entry) => !/^[\w.-]+==[\w.]+( --hash=sha256:[0-9a-f]{64})+$/.test(entry))).toEqual([]);
  });
});

// The scripts of findings take what somebody else would, to show what happens then.
test('pip takes no package without a digest', () => {
  const sources = FILES.filter(
    (file) => /\.(ts|sh)$/.test(file) && /'pip'|pip3? install/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  const installing = sources.filter((file) => file !== join('test', 'lock-file.test.ts'));
  expect(installing.length).toBeGreaterThan(0);
  for (const file of installing)
    expect([file, readFileSync(join(ROOT, file), 'utf8')]).toEqual([file, expect.stringContaining('--require-hashes')]);
});
