import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { choice, command, whole } from '../../rehearsal/src/command-line';
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
    const { after, ...measured } = row.command(join(scratch, checkout), scratch);
    try {
      if (cold) dropFileCache();
      return await measure(measured, signal);
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

const bench = async (rows: readonly Row[], options: Omit<Options, 'scratch'>) => {
  const scratch = mkdtempSync(join(tmpdir(), 'platform-bench-'));
  try {
    checkOut(options.commits[0], join(scratch, 'before'));
    checkOut(options.commits[1], join(scratch, 'after'));
    for (const row of rows) {
      console.log(row.title);
      await compare(row, { ...options, scratch });
    }
  } finally {
    for (const name of ['before', 'after']) takeAway(join(scratch, name));
    rmSync(scratch, { recursive: true, force: true });
  }
};

void command(
  {
    usage: USAGE,
    options: { runs: { type: 'string' }, cold: { type: 'boolean', default: false } },
    takes: [1, Infinity],
  },
  async ({ values, positionals: [commit, ...given], signal }) => {
    const all = ROWS.map(({ name }) => name);
    const chosen = given.map((name) => choice('ROW', name, all));
    const runs = values.runs === undefined ? undefined : whole('--runs', values.runs, 1);
    const commits = [commitOf(commit!), commitOf('HEAD')] as const;
    const rows = ROWS.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
    await bench(rows, { commits, runs, cold: values.cold, signal });
  },
);
