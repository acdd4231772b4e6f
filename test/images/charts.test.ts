import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepChart } from '../../images/charts';

const ARCHIVE = 'the archive';
const DIGEST = `sha256:${createHash('sha256').update(ARCHIVE).digest('hex')}`;

let server: Server;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'charts-'));
  server = createServer(({ url }, response) =>
    url === '/charts/shop-1.0.0.tgz' ? response.end(ARCHIVE) : response.writeHead(404).end(),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const kept = (version: string, digest?: string) => {
  const repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}/charts`;
  const chart = { repository, name: 'shop', version, archive: `shop-${version}.tgz`, digest };
  return keepChart(chart, folder, 'digests.json');
};

test.each([[undefined], [DIGEST]])(
  'keeps an archive whose recorded digest is %s, in the place of an older one',
  async (digest) => {
    writeFileSync(join(folder, 'shop-0.9.0.tgz'), 'old');
    writeFileSync(join(folder, 'other-0.9.0.tgz'), 'other');
    expect(await kept('1.0.0', digest)).toEqual({ digest: DIGEST });
    expect(readdirSync(folder)).toEqual(['other-0.9.0.tgz', 'shop-1.0.0.tgz']);
    expect(readFileSync(join(folder, 'shop-1.0.0.tgz'), 'utf8')).toBe(ARCHIVE);
  },
);

test('keeps no archive that is another one than the recorded', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  expect(await kept('1.0.0', digest)).toEqual({
    digest,
    problem: expect.stringMatching(
      /\/charts\/shop-1\.0\.0\.tgz is sha256:\w{64}, but was sha256:0{64} when it was recorded\. If its publisher says why/,
    ),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('says that there is none', async () => {
  expect(await kept('2.0.0')).toMatchObject({
    problem: expect.stringMatching(/\/charts\/shop-2\.0\.0\.tgz answers 404$/),
  });
});
