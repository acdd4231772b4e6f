import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkOut, commitOf, takeAway } from './checkout';
import { dropFileCache, measure, median, type Measured } from './measure';
import { keep, type Figures } from './page';
import { ROWS, type Row } from './rows';

const USAGE = `usage: npm run bench -- COMMIT [ROW …] [--runs N] [--cold]

Runs each row in checkouts of COMMIT and of HEAD, in turn, and writes medians and ratios into docs/performance.md.

  ROW       ${ROWS.map(({ name }) => name).join(', ')} (default: all; first-run and ci take most of an hour)
  --runs N  runs of each commit (default: what the row says)
  --cold    empty the system's cache of files before each run (root only)`;

interface Options {
  readonly commits: readonly [before: string, after: string];
  readonly runs: number | undefined;
  readonly cold: boolean;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

const machine = () =>
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ` +
  `Node ${process.version}, load ${loadavg()[0]?.toFixed(1)} before`;

const compare = async (row: Row, { commits, runs = row.runs, cold, scratch, signal }: Options) => {
  const where = machine();
  const pairs: (readonly [Measured, Measured])[] = [];
  const run = async (checkout: string): Promise<Measured> => {
    const { after, ...command } = row.command(join(scratch, checkout), scratch);
    try {
      if (cold) dropFileCache();
      return await measure(command, signal);
    } finally {
      after?.();
    }
  };
  for (let index = 0; index < runs; index += 1) {
    const pair = [await run('before'), await run('after')] as const;
    console.log(
      `  ${pair.map(({ wall, cpu }) => `${wall.toFixed(1)} s (${cpu.toFixed(1)} s CPU)`).join(' before, ')} after`,
    );
    pairs.push(pair);
  }
  const of = (figure: (pair: readonly [Measured, Measured]) => Measured): Figures => {
    const all = pairs.map(figure);
    const middle = (key: keyof Measured) => median(all.map((each) => each[key]));
    return { wall: middle('wall'), cpu: middle('cpu'), memory: middle('memory') };
  };
  const ratio = of(([before, after]) => ({
    wall: after.wall / before.wall,
    cpu: after.cpu / before.cpu,
    memory: after.memory / before.memory,
  }));
  const date = new Date().toISOString().slice(0, 10);
  keep(row, {
    date,
    machine: where,
    commits,
    runs,
    cold,
    before: of(([one]) => one),
    after: of(([, one]) => one),
    ratio,
  });
  console.log(
    `${row.name}: ${ratio.wall.toFixed(2)} × wall, ${ratio.cpu.toFixed(2)} × CPU, ${ratio.memory.toFixed(2)} × memory`,
  );
};

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string' }, cold: { type: 'boolean', default: false } },
  });
  const [commit, ...names] = positionals;
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (commit === undefined || unknown.length > 0 || (runs !== undefined && !(runs >= 1))) {
    if (unknown.length > 0) console.error(`there is no row ${unknown.join(', ')}\n`);
    console.log(USAGE);
    process.exitCode = 2;
    return;
  }
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());
  const commits = [commitOf(commit), commitOf('HEAD')] as const;
  const scratch = mkdtempSync(join(tmpdir(), 'platform-bench-'));
  try {
    checkOut(commits[0], join(scratch, 'before'));
    checkOut(commits[1], join(scratch, 'after'));
    for (const row of ROWS.filter(({ name }) => names.length === 0 || names.includes(name))) {
      console.log(row.title);
      await compare(row, { commits, runs, cold: values.cold, scratch, signal: interruption.signal });
    }
  } finally {
    for (const name of ['before', 'after']) takeAway(join(scratch, name));
    rmSync(scratch, { recursive: true, force: true });
  }
};

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
