import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choice, command } from '../../rehearsal/src/command-line';
import { synthesize } from '../../test/assemblies/synthesize';
import { GENERATED, isCurrent, nameOf, write } from './generated';

const USAGE = `usage: npm run docs:write | npm run docs:check

docs:write writes the pages, and parts of pages, that are made of data: ${GENERATED.map(nameOf).join('; ')}.
docs:check names those that are not what their data give now, and fails if there are any.`;

void command({ usage: USAGE, takes: [1, 1] }, ({ positionals: [given] }) => {
  const what = choice('WHAT', given!, ['write', 'check'] as const);
  const assemblies = mkdtempSync(join(tmpdir(), 'assemblies-'));
  process.env.ASSEMBLIES = assemblies;
  try {
    const old = GENERATED.filter((each) => !isCurrent(each, (environment) => synthesize({ environment })));
    for (const each of old) {
      if (what === 'check') console.error(`${nameOf(each)} is not what its data give: run npm run docs:write`);
      else write(each, (environment) => synthesize({ environment }));
      if (what === 'write') console.log(`written: ${nameOf(each)}`);
    }
    if (what === 'check' && old.length > 0) process.exitCode = 1;
  } finally {
    rmSync(assemblies, { recursive: true, force: true });
  }
});
