import { command } from '../../rehearsal/src/command-line';
import { chosen, usageOf } from '../../test/chosen';
import { whereDeployed } from '../deployed-life';
import { BASE, DRILLS, type Drill } from './drills';
import { drilled } from './drilled';

const OPTIONS = { list: { type: 'boolean' } } as const;

const USAGE = `${usageOf('drill', 'Deploys development on this machine, and lets faults strike in the middle of deployments', DRILLS)}

  --list   prints each fault, and the command that ends it`;

const list = (): void => {
  for (const { title, command: remedy } of DRILLS) console.log(`${title}: ${remedy}`);
};

/** Characters of a fault that are printed: `cdk diff` shows whole dashboards. */
const LENGTH = 600;

/** Lets one fault after the other strike. A drill begins where the one before ended: after one that failed, it may fail because of that. */
const drill = async (drills: readonly Drill[], signal: AbortSignal): Promise<number> => {
  const failed: string[] = [];
  await whereDeployed(
    { environment: 'dev', edits: BASE },
    async (life) => {
      for (const [at, each] of drills.entries()) {
        const started = performance.now();
        const { faults, line } = await drilled(life, each, at + 1).catch((error: Error) => ({
          faults: [error.message],
          line: '',
        }));
        const seconds = ((performance.now() - started) / 1000).toFixed(0);
        console.log(`${faults.length === 0 ? '✔' : '✖'} ${each.title} (${seconds} s): ${line}`);
        for (const fault of faults) console.log(`  ${fault.slice(0, LENGTH)}`);
        if (faults.length > 0) failed.push(each.title);
        if (signal.aborted) break;
      }
    },
    signal,
  );
  return failed.length === 0 ? 0 : 1;
};

void command({ usage: USAGE, options: OPTIONS, takes: [0, Infinity] }, ({ values, positionals, signal }) =>
  values.list ? list() : drill(chosen(DRILLS, 'drill', positionals), signal),
);
