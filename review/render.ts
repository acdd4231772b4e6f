import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choice, command } from '../rehearsal/src/command-line';
import { environmentNames } from '../lib/config';
import { write } from './folder';
import { objectsOf } from './objects';
import { synthesize } from './synthesize';

const USAGE = `usage: npm run render -- ENVIRONMENT [--output DIR]

  ENVIRONMENT   ${environmentNames.join(', ')}
  --output DIR  folder for the Kubernetes objects, emptied first (default: rendered/ENVIRONMENT)`;

const render = (name: string, folder: string) => {
  const assembly = mkdtempSync(join(tmpdir(), 'platform-render-'));
  try {
    const objects = objectsOf(synthesize(name, assembly));
    write(folder, objects);
    console.log(`${objects.length} objects in ${folder}`);
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
};

void command(
  { usage: USAGE, options: { output: { type: 'string' } }, takes: [1, 1] },
  ({ values, positionals: [given] }) => {
    const name = choice('ENVIRONMENT', given!, environmentNames);
    render(name, values.output ?? join('rendered', name));
  },
);
