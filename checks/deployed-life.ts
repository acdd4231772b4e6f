import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lifeOf, live } from '../rehearsal/src/life';
import { Life } from '../rehearsal/src/state';
import { edited, inCopy, type Edit } from './rehearsed-copy';

/** The steps of a rehearsal until everything runs, without what its app examines by itself. */
const STEPS = lifeOf({})
  .slice(0, lifeOf({}).findIndex(({ title }) => title === 'workloads') + 1)
  .filter(({ title }) => title !== 'nothing is missing');

interface Deployed {
  readonly environment: string;
  /** Changes of the project before it is deployed. @default - none */
  readonly edits?: readonly Edit[];
}

/** Deploys an environment as a rehearsal does, and lets work happen there; nothing is left of it. */
export const whereDeployed = (
  { environment, edits = [] }: Deployed,
  work: (life: Life) => Promise<void>,
  interruption: AbortSignal,
): Promise<void> =>
  inCopy(edited(edits), async (project) => {
    const folder = mkdtempSync(join(tmpdir(), 'platform-deployed-'));
    const props = { target: environment, project, keep: false, seed: 1, update: undefined, kubernetes: undefined };
    const life = new Life({ ...props, signal: interruption }, folder);
    try {
      await live(life, STEPS);
      await work(life);
    } finally {
      life.emulation.abort();
      await life.announced;
      await life.emulator?.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
