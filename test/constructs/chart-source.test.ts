import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { chartSource } from '../../lib/constructs/chart-source';
import { newApp } from '../assemblies/synthesize';

const folder = mkdtempSync(join(tmpdir(), 'charts-'));
const CHART = { repository: 'https://charts.example', name: 'shop', version: '1.0.0', archive: 'shop-1.0.0.tgz' };

beforeAll(() => {
  mkdirSync(join(folder, 'unpacked', 'shop'), { recursive: true });
  writeFileSync(join(folder, 'unpacked', 'shop', 'Chart.yaml'), 'name: shop\nversion: 1.0.0\n');
  execFileSync('tar', ['-czf', join(folder, CHART.archive), '-C', join(folder, 'unpacked'), 'shop']);
});

afterAll(() => rmSync(folder, { recursive: true }));

const digest = () =>
  createHash('sha256')
    .update(readFileSync(join(folder, CHART.archive)))
    .digest('hex');

test('a chart whose archive is kept is an asset with its files, always of the same name', () => {
  const stack = new Stack(newApp(), 'Stack');
  const { chartAsset, ...others } = chartSource(stack, { ...CHART, digest: `sha256:${digest()}` }, folder);
  expect(others).toEqual({});
  const again = chartSource(new Stack(newApp(), 'Other'), { ...CHART, digest: `sha256:${digest()}` }, folder);
  expect(again.chartAsset!.assetHash).toBe(chartAsset!.assetHash);
  expect(readFileSync(join(chartAsset!.assetPath, 'Chart.yaml'), 'utf8')).toContain('name: shop');
});

test('an archive that is not the recorded one stops the synthesis', () => {
  const other = `sha256:${'0'.repeat(64)}`;
  for (const recorded of [other, undefined])
    expect(() => chartSource(new Stack(newApp(), 'Stack'), { ...CHART, digest: recorded }, folder)).toThrow(
      `is sha256:${digest()}, but lib/model/upstream-digests.json says ${recorded ?? 'nothing'}: delete it, and run npm run images -- --record`,
    );
});

test('a chart whose archive is not kept comes from its repository', () => {
  const chart = { ...CHART, archive: 'shop-2.0.0.tgz', version: '2.0.0' };
  expect(chartSource(new Stack(newApp(), 'Stack'), chart, folder)).toEqual({
    repository: 'https://charts.example',
    chart: 'shop',
    version: '2.0.0',
  });
});
