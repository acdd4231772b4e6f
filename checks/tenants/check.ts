import { join } from 'node:path';
import { command, whole } from '../../rehearsal/src/command-line';
import { rehearseCopy, replaceIn } from '../rehearsed-copy';
import { COUNT, MANY_TENANTS } from './many-tenants';

/** Rehearses development with 200 tenants: deployed, apart from each other, destroyed. */
const check = async (seed: string | undefined) => {
  const { status } = await rehearseCopy(
    (folder) => {
      replaceIn(
        join(folder, 'lib', 'config', 'environments', 'index.ts'),
        "export { dev } from '../../../test/fixtures/dev';",
        `export const dev = ${JSON.stringify(MANY_TENANTS)};`,
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
