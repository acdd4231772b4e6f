import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, environments } from '../lib/config';
import type { TenantRecord } from '../lib/config/environment';

/** Output of a command, and the files that it writes. */
const run = async (command: string, ...args: readonly string[]) => {
  const said: string[] = [];
  const written: Record<string, string> = {};
  const say = (line: string) => said.push(...line.split('\n'));
  const { argv } = process;
  jest.resetModules();
  jest.doMock('node:fs', () => ({
    ...jest.requireActual<typeof import('node:fs')>('node:fs'),
    writeFileSync: (file: string, text: string) => (written[file] = text),
  }));
  jest.spyOn(console, 'log').mockImplementation(say);
  jest.spyOn(console, 'error').mockImplementation(say);
  jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit');
  });
  process.argv = ['node', command, ...args];
  try {
    await import(`../bin/${command}`);
  } catch (error) {
    if ((error as Error).message !== 'exit') throw error;
  } finally {
    process.argv = argv;
    jest.restoreAllMocks();
  }
  const { exitCode } = process;
  process.exitCode = undefined;
  return { said, written, exitCode };
};

const fileOf = (name: string) => join(__dirname, '..', 'lib', 'config', 'tenants', `${name}.assigned.json`);

describe('assign-tenants', () => {
  afterEach(() => jest.dontMock('../lib/config'));

  test('writes what is committed, as long as the lists stay the same', async () => {
    const { written } = await run('assign-tenants');
    const committed = environments.map(({ name }) => [fileOf(name), readFileSync(fileOf(name), 'utf8')]);
    expect(written).toEqual(Object.fromEntries(committed));
  });

  test('writes nothing where an active tenant has left one of the lists', async () => {
    const tenantRecord: TenantRecord = { stacks: 1, tenants: { acme: { stack: 1, status: 'active' } } };
    const left = { ...environment('prod'), tenants: [], tenantRecord };
    jest.doMock('../lib/config', () => ({ environments: [left] }));
    const { said, written } = await run('assign-tenants');
    expect(written).toEqual({});
    expect(said).toContainEqual(
      expect.stringMatching(/^prod: tenant acme is no longer in the list, but still active: put/),
    );
  });
});
