import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../rehearsal/src/command-line';
import { environments } from '../lib/config';
import type { TenantRecord } from '../lib/config/environment';
import { tenantListProblems } from '../lib/config/rules/tenants';
import { schemaProblems } from '../lib/config/validation';
import { activeDepartures, assign } from '../lib/config/derive/tenant-assignment';

/** A line for each tenant, so that changes of different tenants merge. */
const lines = (assigned: TenantRecord): string =>
  JSON.stringify(assigned, null, 2).replaceAll(/\{\s+("stack": \d+),\s+("status": "\w+")\s+\}/g, '{ $1, $2 }');

/** All or nothing: with a problem in one environment, no record is written. */
const record = (): number => {
  const problems = environments.flatMap((config) => {
    const malformed = schemaProblems(config);
    if (malformed.length > 0) return malformed;
    const { name, tenants, tenantRecord } = config;
    return [...tenantListProblems(tenants), ...activeDepartures(tenants, tenantRecord)].map(
      (problem) => `${name}: ${problem}`,
    );
  });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) return 1;

  for (const { name, tenants, tenantRecord } of environments) {
    const assigned = assign(tenants, tenantRecord);
    const file = join(__dirname, '..', 'lib', 'config', 'tenants', `${name}.assigned.json`);
    writeFileSync(file, `${lines(assigned)}\n`);
    console.log(`${name}: ${tenants.length} tenants in ${assigned.stacks} stacks`);
  }
  return 0;
};

void command(
  { usage: 'usage: npm run tenants\n\nRecords the stack of each tenant. Run it after you change the list of tenants.' },
  record,
);
