import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { scripts } from '../package.json';

/** A call of a script of package.json. */
export type Called = readonly [script: keyof typeof scripts, ...args: readonly string[]];

/** How it ended, and the lines that it printed. */
export interface Ended {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** The module as scripts import it: they call the function that is put in here. */
const commandLine: typeof import('../rehearsal/src/command-line') = require('../rehearsal/src/command-line');
const { command } = commandLine;

const keep = (lines: string[]) => (line: unknown) => void lines.push(...`${line}`.split('\n'));

/** Runs the program of a script anew. Its imports stay loaded. */
const ended = async ([script, ...args]: Called): Promise<Ended> => {
  const file = join(__dirname, '..', /^node -r \.\/typescript\.cjs (\S+\.ts)$/.exec(scripts[script])![1]!);
  const out: string[] = [];
  const err: string[] = [];
  Object.assign(console, { log: keep(out), error: keep(err) });
  let running: Promise<void> | undefined;
  Object.assign(commandLine, { command: (...of: Parameters<typeof command>) => (running = command(...of)) });
  process.argv = [process.execPath, file, ...args];
  process.exitCode = undefined;
  delete require.cache[file];
  require(file);
  if (running === undefined) throw new Error(`${file} does not begin with command()`);
  await running;
  return { code: Number(process.exitCode ?? 0), out, err };
};

/** Runs the calls that standard input gives, and prints how each ended: in one process, because loading the CDK and the SDK takes a second. */
const all = async () => {
  const calls = (await json(process.stdin)) as readonly Called[];
  const found: Ended[] = [];
  for (const each of calls) found.push(await ended(each));
  process.exitCode = 0;
  process.stdout.write(JSON.stringify(found));
};

if (require.main === module) void all();
