import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../rehearsal/src/folders';
import { ROWS, type Row } from './rows';

/** The result of comparing a row between two commits. */
export interface Result {
  readonly date: string;
  readonly machine: string;
  readonly commits: readonly [before: string, after: string];
  readonly runs: number;
  /** Whether the system's cache of files was emptied before each run. */
  readonly cold: boolean;
  readonly before: Figures;
  readonly after: Figures;
  /** Medians of the ratios of each pair of runs, after to before. */
  readonly ratio: Figures;
}

export interface Figures {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Results by the name of the row and whether the cache of files was cold. */
type Results = Readonly<Record<string, Result>>;

const DATA = join(PROJECT, 'docs', 'performance.json');
const PAGE = join(PROJECT, 'docs', 'performance.md');
const [START, END] = ['<!-- measured -->\n', '\n<!-- end of measured -->'];

const readResults = (): Results => JSON.parse(readFileSync(DATA, 'utf8')) as Results;

/** Keeps a result, and writes the page's table anew. */
export const keep = (row: Row, result: Result): void => {
  const results = { ...readResults(), [`${row.name}${result.cold ? ' cold' : ''}`]: result };
  writeFileSync(DATA, `${JSON.stringify(results, null, 2)}\n`);
  const [before, rest = ''] = readFileSync(PAGE, 'utf8').split(START);
  writeFileSync(PAGE, `${before}${START}${table(results)}${END}${rest.split(END)[1]}`);
};

/** The table of the page. */
const table = (results: Results): string => {
  const rows = ROWS.flatMap((row) =>
    ['', ' cold'].flatMap((cache) => {
      const result = results[`${row.name}${cache}`];
      return result ? [cells(row, result)] : [];
    }),
  );
  const head = ['what', 'before', 'after', 'ratio', 'target', 'pairs', 'date, commits, machine'];
  return [head, head.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
};

const cells = ({ title, target }: Row, { date, machine, commits, runs, cold, before, after, ratio }: Result) => [
  `${title}${cold ? ', file cache cold' : ''}`,
  described(before),
  described(after),
  `${ratio.wall.toFixed(2)} wall, ${ratio.cpu.toFixed(2)} CPU, ${ratio.memory.toFixed(2)} memory`,
  Object.entries(target)
    .map(([what, most]) => `${what} ≤ ${most}`)
    .join(', '),
  String(runs),
  `${date}, ${commits.map((commit) => commit.slice(0, 7)).join(' and ')}, ${machine}`,
];

const described = ({ wall, cpu, memory }: Figures) =>
  `${wall.toFixed(1)} s, ${cpu.toFixed(1)} s CPU, ${memory.toFixed(0)} MiB`;
