import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, transformSync } from '@swc/core';
import { createInstrumenter } from 'istanbul-lib-instrument';
import { TestEnvironment } from 'jest-environment-node';
import { addHook } from 'pirates';

declare global {
  /** The folder with the assembly of a Subject in JSON, which is synthesized when first asked for. */
  var assemblyOf: (subject: string) => string;
  /** The module of a file, which Node loads once for all test files of a worker. */
  var outside: (file: string) => unknown;
}

const LIB = join(__dirname, '..', '..', 'lib/');

const SOURCE: Options = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
};

/** Where `npm run coverage` wants to know which lines of the app were run: Jest counts only in what it loads itself. */
const COVERAGE = process.env.COVERAGE;
const counting = COVERAGE === undefined ? undefined : createInstrumenter({ esModules: false, compact: false });

const compile = (source: string, filename: string): string => {
  if (!counting || !filename.startsWith(LIB)) return transformSync(source, { ...SOURCE, filename }).code;
  const { code, map } = transformSync(source, { ...SOURCE, filename, sourceMaps: true });
  return counting.instrumentSync(code, filename, JSON.parse(map!));
};

/** Lets Node load TypeScript, in this process alone: a worker does not end before what else it has started. */
const loadTypeScript = (): void => {
  process.setSourceMapsEnabled(true);
  addHook(compile, { exts: ['.ts'] });
};

/** Writes what this worker has counted so far. */
const keepCounts = (): void => {
  const { __coverage__: counts } = globalThis as { __coverage__?: unknown };
  if (counts) writeFileSync(join(COVERAGE!, `app-${process.pid}.json`), JSON.stringify(counts));
};

let app: (typeof import('./synthesize') & { readonly run: string }) | undefined;

/** The app as it is in this run: a Jest that watches keeps its process, and what it has loaded. */
const appOf = (run: string) => {
  if (app?.run === run) return app;
  if (!app) loadTypeScript();
  for (const file of Object.keys(require.cache)) if (!file.includes('node_modules')) delete require.cache[file];
  return (app = { run, ...require('./synthesize') });
};

/** Lets errors name lines of the source: Node knows those of the app, what Jest puts in its place only those of tests. */
const withPositions = <T>(work: () => T): T => {
  const { prepareStackTrace } = Error;
  Reflect.deleteProperty(Error, 'prepareStackTrace');
  try {
    return work();
  } catch (error) {
    void (error as Error).stack; // which is written when first read
    throw error;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
};

const assemblyOf = (subject: string): string => {
  const run = process.env.ASSEMBLIES!;
  const folder = join(run, createHash('sha256').update(subject).digest('hex'));
  if (existsSync(folder)) return folder;
  const { directory } = withPositions(() => appOf(run).synthesize(JSON.parse(subject)));
  try {
    renameSync(directory, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another worker was faster
  }
  return folder;
};

/** Node, with an app that is loaded once per worker and not once per test file, and with assemblies that all files share. */
export default class extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.assemblyOf = assemblyOf;
    this.global.outside = require;
  }

  override async teardown(): Promise<void> {
    if (counting) keepCounts();
    await super.teardown();
  }
}
