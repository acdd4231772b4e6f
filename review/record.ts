import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { choice, command } from '../rehearsal/src/command-line';
import { environmentNames } from '../lib/config';
import { compareWithRecord, logicalIds, recordFile, recordOf, writeRecord } from './logical-ids';
import { synthesize } from './synthesize';

const USAGE = `usage: npm run logical-ids -- ENVIRONMENT [--write]

  ENVIRONMENT  ${environmentNames.join(', ')}
  --write      renew the record, after showing what changes in it

Compares the logical ids of what must never be replaced with their record. CloudFormation deletes what has lost its id.
Fails if a recorded id is gone, unless the record is renewed.`;

const compare = (name: string, write: boolean): number => {
  const assembly = mkdtempSync(join(tmpdir(), 'platform-record-'));
  try {
    const ids = logicalIds(synthesize(name, assembly));
    const { gone, fresh } = compareWithRecord(recordOf(name) ?? {}, ids);
    for (const id of gone) console.log(`- ${id}`);
    for (const id of fresh) console.log(`+ ${id}`);
    console.log(`${name}: ${gone.length} logical ids are gone, ${fresh.length} are not recorded`);
    if (!write) return gone.length > 0 ? 1 : 0;
    mkdirSync(dirname(recordFile(name)), { recursive: true });
    writeRecord(name, ids);
    console.log(`recorded in ${recordFile(name)}`);
    return 0;
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
};

void command(
  { usage: USAGE, options: { write: { type: 'boolean', default: false } }, takes: [1, 1] },
  ({ values, positionals: [name] }) => compare(choice('ENVIRONMENT', name!, environmentNames), values.write),
);
