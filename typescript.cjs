/**
 * Lets Node load TypeScript: `node -r ./typescript.cjs FILE.ts`.
 *
 * JavaScript keeps the lines of its source, so stack traces need no source maps. It stays in `node_modules/.cache`.
 * A loader that looks at every module, and maps that Node reads for every dependency, cost a fifth of a synthesis.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { threadId } = require('node:worker_threads');
const { addHook } = require('pirates');
const { version } = require('sucrase/package.json');

const CACHE = join(__dirname, 'node_modules', '.cache', 'typescript');
const OPTIONS = { transforms: ['typescript', 'imports'], disableESTransforms: true };

const compiled = (source, filePath) => {
  const key = createHash('sha256')
    .update(JSON.stringify([version, OPTIONS, source]))
    .digest('hex');
  const file = join(CACHE, `${key}.js`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const { code } = require('sucrase').transform(source, { ...OPTIONS, filePath });
    keep(file, code);
    return code;
  }
};

/** Writes to the cache; a user who may not write there goes without. */
const keep = (file, code) => {
  try {
    mkdirSync(CACHE, { recursive: true });
    const own = `${file}.${process.pid}.${threadId}`;
    writeFileSync(own, code);
    renameSync(own, file);
  } catch {}
};

addHook(compiled, { exts: ['.ts'] });
