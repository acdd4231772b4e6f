import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ENVIRONMENT_NAMES } from '../lib/config/environment';
import { write } from './folder';
import { objectsOf } from './objects';
import { synthesize } from './synthesize';

const USAGE = `usage: npm run render -- ENVIRONMENT [--output DIR]

  ENVIRONMENT   ${ENVIRONMENT_NAMES.join(', ')}
  --output DIR  folder for the Kubernetes objects, emptied first (default: rendered/ENVIRONMENT)`;

const main = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { output: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const [name] = positionals;
  if (values.help || name === undefined || positionals.length > 1) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const assembly = mkdtempSync(join(tmpdir(), 'platform-render-'));
  try {
    const objects = objectsOf(synthesize(name, assembly));
    const folder = values.output ?? join('rendered', name);
    write(folder, objects);
    console.log(`${objects.length} objects in ${folder}`);
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
};

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
