import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, transformSync } from '@swc/core';
import { TestEnvironment } from 'jest-environment-node';
import { addHook } from 'pirates';

declare global {
  /** The folder with the assembly of a Subject in JSON, which is synthesized when first asked for. */
  var assemblyOf: (subject: string) => string;
  /** The module of a file, which Node loads once for all test files of a worker. */
  var outside: (file: string) => unknown;
}

const SOURCE: Options = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
};

/** Lets Node load TypeScript, in this process alone: a worker does not end before what else it has started. */
const loadTypeScript = (): void => {
  process.setSourceMapsEnabled(true);
  addHook((code, filename) => transformSync(code, { ...SOURCE, filename }).code, { exts: ['.ts'] });
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
}
