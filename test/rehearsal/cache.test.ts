import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../../rehearsal/src/cache';

let folder: string;
const { XDG_CACHE_HOME } = process.env;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-'));
  process.env.XDG_CACHE_HOME = folder;
});
afterEach(() => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  rmSync(folder, { recursive: true });
});

const fill = jest.fn((target: string) => writeFile(join(target, 'tool'), 'filled'));
const left = () => readdirSync(join(folder, 'service-management-platform-rehearsal'));

test('is filled once, and nothing but the folder is left', async () => {
  fill.mockClear();
  const first = await cached('tool-1', fill);
  expect(await cached('tool-1', fill)).toBe(first);
  expect(existsSync(join(first, 'tool'))).toBe(true);
  expect(fill).toHaveBeenCalledTimes(1);
  expect(left()).toEqual(['tool-1']);
});

test('a filling that fails leaves nothing, and is tried again', async () => {
  await expect(cached('tool-1', () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
  expect(left()).toEqual([]);
  await cached('tool-1', fill);
  expect(left()).toEqual(['tool-1']);
});

test('who comes while it is filled waits for it', async () => {
  fill.mockClear();
  let go: (() => void) | undefined;
  const slow = jest.fn(async (target: string) => {
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    await fill(target);
  });
  const first = cached('tool-1', slow);
  while (slow.mock.calls.length === 0) await new Promise(setImmediate);
  const second = cached('tool-1', fill);
  go?.();
  expect(await second).toBe(await first);
  expect(fill).toHaveBeenCalledTimes(1);
});

test('the lock of a process that has ended counts no more', async () => {
  await cached('other', fill);
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(folder, 'service-management-platform-rehearsal', 'tool-1.lock'), String(pid));
  await cached('tool-1', fill);
  expect(left().toSorted()).toEqual(['other', 'tool-1']);
});

test('who waits can be interrupted', async () => {
  await cached('other', fill);
  const stat = readFileSync('/proc/self/stat', 'utf8').split(' ');
  const holder = `${process.pid} ${stat[21]}`; // which lives
  writeFileSync(join(folder, 'service-management-platform-rehearsal', 'tool-1.lock'), holder);
  const interruption = new AbortController();
  const waiting = cached('tool-1', fill, interruption.signal);
  interruption.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
  expect(left().toSorted()).toEqual(['other', 'tool-1.lock']);
});
