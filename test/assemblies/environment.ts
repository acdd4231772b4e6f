import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { require as load } from 'tsx/cjs/api';
import type { synthesize as Synthesize } from './synthesize';

declare global {
  /** The folder with the assembly of a Subject in JSON, which is synthesized when first asked for. */
  var assemblyOf: (subject: string) => string;
}

/** The app as it is in one run: a Jest that watches keeps its process. */
let app: { readonly run: string; readonly synthesize: typeof Synthesize } | undefined;

const assemblyOf = (subject: string): string => {
  const run = process.env.ASSEMBLIES!;
  const folder = join(run, createHash('sha256').update(subject).digest('hex'));
  if (existsSync(folder)) return folder;
  if (app?.run !== run) app = { run, synthesize: load('./synthesize', __filename).synthesize };
  const { directory } = app.synthesize(JSON.parse(subject));
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
  }
}
