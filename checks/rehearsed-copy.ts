import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..');

/** The specification's environments in place of those that a team filled in: a change is one of a known text. */
const asSpecified = (folder: string): void => {
  const config = join(folder, 'lib', 'config');
  writeFileSync(
    join(config, 'environments', 'index.ts'),
    "export { dev } from '../../../test/fixtures/dev';\nexport { staging } from '../../../test/fixtures/staging';\n" +
      "export { prod } from '../../../test/fixtures/prod';\n",
  );
  writeFileSync(
    join(config, 'pipeline.ts'),
    "export { pipeline } from '../../test/fixtures/pipeline';\n" +
      "export type { PipelineConfig, ServiceSource } from './schema/pipeline';\n",
  );
};

/** Lets work happen in a copy of the project that a change has been made to; the copy is gone afterwards. */
export const inCopy = async <T>(change: (folder: string) => void, work: (folder: string) => Promise<T>): Promise<T> => {
  const copy = mkdtempSync(join(tmpdir(), 'platform-copy-'));
  try {
    for (const path of execFileSync('git', ['ls-files'], { cwd: PROJECT, encoding: 'utf8' }).trim().split('\n'))
      cpSync(join(PROJECT, path), join(copy, path));
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    asSpecified(copy);
    change(copy);
    return await work(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

/** Rehearses a copy of the project that a change has been made to; returns how it ended and what it printed. */
export const rehearseCopy = (
  change: (folder: string) => void,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<{ readonly status: number | null; readonly output: string }> =>
  inCopy(change, async (copy) => {
    const rehearsal = spawn(process.execPath, ['-r', './typescript.cjs', 'rehearsal/src/cli.ts', ...args], {
      cwd: copy,
    });
    const output: string[] = [];
    for (const stream of [rehearsal.stdout, rehearsal.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output.push(text);
        for (const line of text.trimEnd().split('\n')) onLine(line);
      });
    const status = await new Promise<number | null>((resolve, reject) =>
      rehearsal.on('error', reject).on('close', resolve),
    );
    return { status, output: output.join('') };
  });

/** Puts a text in place of another, which a file has to have once. */
export const replaceIn = (file: string, text: string, instead: string): void => {
  const content = readFileSync(file, 'utf8');
  if (content.split(text).length !== 2) throw new Error(`${file} does not have once: ${text}`);
  writeFileSync(file, content.replace(text, instead));
};

/** A text of a file, and what stands there instead. */
export type Edit = readonly [file: string, text: string, instead: string];

/** Makes edits in a copy of the project. */
export const edited =
  (edits: readonly Edit[]) =>
  (folder: string): void => {
    for (const [file, text, instead] of edits) replaceIn(join(folder, file), text, instead);
  };
