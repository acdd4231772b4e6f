import { readFileSync } from 'node:fs';
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

const { packages }: { packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync(join(__dirname, '..', 'package-lock.json'), 'utf8'),
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
