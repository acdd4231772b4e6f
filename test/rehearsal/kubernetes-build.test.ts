import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  announceBinaries,
  KUBERNETES_BINARIES,
  kubernetesBinaries,
} from '../../rehearsal/src/cluster/kubernetes-binaries';
import { missing, pinnedVersion, progress } from '../../rehearsal/src/cluster/kubernetes-build';

const MINUTE = 60_000;

const tell = () =>
  progress(
    new Map([
      ['small', 10],
      ['large', 70],
      ['last', 20],
    ]),
    0,
  );

describe('how far a build is', () => {
  test('goes by the source that is compiled, and says how long the rest takes at that speed', () => {
    const told = tell();
    expect(told('small', MINUTE)).toBe('10 % (1 of 3 packages), about 9 min left');
    expect(told('large', 4 * MINUTE)).toBe('80 % (2 of 3 packages), about 1 min left');
    expect(told('last', 5 * MINUTE)).toBe('100 % (3 of 3 packages), about 0 min left');
  });

  test('does not say how long it takes before much is done', () => {
    const told = progress(
      new Map([
        ['first', 1],
        ['others', 99],
      ]),
      0,
    );
    expect(told('first', MINUTE)).toBe('1 % (1 of 2 packages)');
  });

  test('counts no package twice, and nothing else that Go prints', () => {
    const told = tell();
    told('small', MINUTE);
    expect(told('small', MINUTE)).toBeUndefined();
    expect(told('go: downloading k8s.io/api v0.36.3', MINUTE)).toBeUndefined();
  });

  test('leaves out what Go has in its cache', () => {
    const listed = [
      { ImportPath: 'new', Dir: __dirname, GoFiles: [], StaleReason: 'build ID mismatch' },
      { ImportPath: 'kept', Dir: __dirname, GoFiles: [] },
    ];
    const printed = listed.map((each) => JSON.stringify(each, undefined, 1)).join('\n');
    expect([...missing(printed).keys()]).toEqual(['new']);
  });
});

describe('where the programs are', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'binaries-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const told = async () => JSON.parse(await readFile(join(folder, 'kubernetes-binaries.json'), 'utf8'));

  test('is told once they are there', async () => {
    await announceBinaries(folder, Promise.resolve('/binaries'));
    expect(await told()).toEqual({ folder: '/binaries' });
  });

  test('or why there are none', async () => {
    await announceBinaries(folder, Promise.reject(new Error('it needs Go')));
    expect(await told()).toEqual({ error: 'it needs Go' });
  });

  test('a folder that lacks one is refused', async () => {
    const found = kubernetesBinaries(folder, () => {}, new AbortController().signal);
    await expect(found).rejects.toThrow(`lacks ${KUBERNETES_BINARIES.join(', ')}`);
  });

  test('their versions are pinned', () => {
    for (const module of ['k8s.io/kubernetes', 'go.etcd.io/etcd/server/v3', 'sigs.k8s.io/kwok'])
      expect(pinnedVersion(module)).toMatch(/^v\d+\.\d+\.\d+$/);
    expect(() => pinnedVersion('example.com/none')).toThrow('does not require example.com/none');
  });
});
