import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, whole } from '../../rehearsal/src/command-line';
import { environment } from '../../lib/config';
import { TENANT_TIERS, type TenantConfig } from '../../lib/config/environment';
import { assign } from '../../lib/config/derive/tenant-assignment';
import { rehearseCopy, replaceIn } from '../rehearsed-copy';

const COUNT = 200;
/** Nodes that hold what they may request, at their most. */
const NODES = 450;

const { tenants: committed, tenantRecord, cluster } = environment('dev');

/** The committed tenants and as many others as make 200: of each tier, every twentieth suspended. */
const tenants: readonly TenantConfig[] = [
  ...committed,
  ...Array.from({ length: COUNT - committed.length }, (_, index): TenantConfig => ({
    id: `generated-${index + 1}`,
    name: `Generated tenant ${index + 1}`,
    tier: index % 4 === 0 ? 'standard' : TENANT_TIERS[0],
    status: index % 20 === 19 ? 'suspended' : 'active',
  })),
];

/** Rehearses development with 200 tenants: deployed, apart from each other, destroyed. */
const check = async (seed: string | undefined) => {
  const { status } = await rehearseCopy(
    (folder) => {
      const config = join(folder, 'lib', 'config');
      const list = `import type { TenantConfig } from '../environment';\n\nexport const tenants: readonly TenantConfig[] = ${JSON.stringify(tenants)};\n`;
      writeFileSync(join(config, 'tenants', 'dev.ts'), list);
      writeFileSync(join(config, 'tenants', 'dev.assigned.json'), JSON.stringify(assign(tenants, tenantRecord)));
      const { maxSize } = cluster.nodeGroups.application;
      replaceIn(
        join(config, 'dev.ts'),
        `maxSize: ${maxSize} },\n      database`,
        `maxSize: ${NODES} },\n      database`,
      );
    },
    ['dev', ...(seed === undefined ? [] : ['--seed', seed])],
    (line) => console.log(line),
  );
  return status === 0 ? 0 : 1;
};

const USAGE = `usage: npm run check:tenants -- [--seed N]

  --seed N   order of the resources that nothing orders (default: another one every time)

Rehearses development with ${COUNT} tenants.`;

void command({ usage: USAGE, options: { seed: { type: 'string' } } }, ({ values: { seed } }) => {
  if (seed !== undefined) whole('--seed', seed);
  return check(seed);
});
