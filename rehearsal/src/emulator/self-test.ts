import { join } from 'node:path';
import { command } from '../command-line';
import { run } from '../process';
import { pythonEnvironment } from './python-environment';
import { PACKAGE } from '../folders';

/** Runs the unit tests of the emulated AWS in its own Python environment. */
const selfTest = async (signal: AbortSignal) => {
  const python = await pythonEnvironment(console.log, signal);
  const lines: string[] = [];
  await run(python, ['-m', 'unittest', 'discover', '-s', 'test', '-t', '.'], {
    cwd: join(PACKAGE, 'aws'),
    signal,
    onLine: (line) => lines.push(line),
  });
  console.log(lines.filter((line) => /^(Ran|OK)/.test(line)).join(': '));
};

void command({ usage: 'usage: npm run check:rehearsal\n\nRuns the unit tests of the emulated AWS.' }, ({ signal }) =>
  selfTest(signal),
);
