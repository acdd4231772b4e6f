import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ENVIRONMENT_NAMES, pipeline } from '../fixtures';
import { assembly, onceBuilds, oncePipeline } from '../synth';

interface Waiver {
  readonly id: string;
  readonly paths: readonly string[];
  readonly statement: string;
}

const { misconfigurations: waivers, ...others }: { readonly misconfigurations: readonly Waiver[] } = parse(
  readFileSync(join(__dirname, '..', '..', '.trivyignore.yaml'), 'utf8'),
);

/** A path with `**` in front, as Trivy matches it (github.com/bmatcuk/doublestar). */
const matches = (pattern: string, file: string): boolean =>
  new RegExp(
    `^(.*/)?${pattern
      .replace(/^\*\*\//, '')
      .replaceAll('.', '\\.')
      .replaceAll('*', '[^/]*')}$`,
  ).test(file);

test('waives findings in templates only, each with a reason', () => {
  expect(others).toEqual({});
  for (const { id, paths, statement } of waivers) {
    expect(id).toMatch(/^AWS-\d{4}$/);
    expect(statement.length).toBeGreaterThan(40);
    for (const path of paths) expect(path).toMatch(/^\*\*\/[\w*]+\.template\.json$/);
  }
});

test('each path is that of a template, and no path is that of every template', () => {
  const assemblies = [
    ...ENVIRONMENT_NAMES.map(assembly),
    ...pipeline.stages.map(({ environment }) => oncePipeline(environment)),
    onceBuilds(),
  ];
  const files = assemblies.flatMap(({ stacksRecursively }) =>
    stacksRecursively.map(({ templateFile }) => templateFile),
  );
  for (const path of waivers.flatMap(({ paths }) => paths)) {
    const found = files.filter((file) => matches(path, file));
    expect([path, found.length > 0, found.length < files.length / 4]).toEqual([path, true, true]);
  }
});
