import { join } from 'node:path';
import { command } from '../../rehearsal/src/command-line';
import { chosen, usageOf } from '../../test/chosen';
import { rehearseCopy, replaceIn } from '../rehearsed-copy';
import { FAULTS, type Fault } from './faults';

/** Rehearses the project with the fault in it. */
const rehearseWith = ({ file, right, wrong, seed = 1, environment = 'dev' }: Fault) =>
  rehearseCopy((folder) => replaceIn(join(folder, file), right, wrong), [environment, '--seed', `${seed}`]);

/** Each fault, or each that is named, has to make the rehearsal fail, with a message that names it. */
const check = async (titles: readonly string[]) => {
  for (const fault of chosen(FAULTS, 'fault', titles)) {
    const started = performance.now();
    const { status, output } = await rehearseWith(fault);
    const found = fault.message.exec(output)?.[0];
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (status === 1 && found) console.log(`✔ ${fault.title} (${seconds} s)\n    ${found.replaceAll('\n', '\n    ')}`);
    else {
      console.error(`✖ ${fault.title}: the rehearsal ends with ${status} and does not say ${fault.message}\n${output}`);
      process.exitCode = 1;
    }
  }
};

const USAGE = usageOf(
  'check:faults',
  'Makes mistakes, one at a time, and checks that the rehearsal names each',
  FAULTS,
);

void command({ usage: USAGE, takes: [0, Infinity] }, ({ positionals }) => check(positionals));
