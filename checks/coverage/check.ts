import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCoverageMap, type CoverageMapData } from 'istanbul-lib-coverage';
import { createContext } from 'istanbul-lib-report';
import { createSourceMapStore } from 'istanbul-lib-source-maps';
import { create } from 'istanbul-reports';
import { command } from '../../rehearsal/src/command-line';
import { PROJECT } from '../../rehearsal/src/folders';

/** Percent of lib that the unit tests run, at least. */
const MIN = { lines: 95, branches: 90 } as const;

const USAGE = `usage: npm run coverage

Runs the unit tests, and counts the lines and branches of lib that they run. Lists each file with lines that no test runs.
Fails below ${MIN.lines} % of lines or ${MIN.branches} % of branches.`;

const JEST = ['--coverage', '--coverageReporters=json', '--collectCoverageFrom=lib/**/*.ts', '--silent'];

/** Counts of Jest in the files that tests import, and of its workers in the app that they synthesize. */
const countsOf = async (folder: string) => {
  const counts = createCoverageMap();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const data = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CoverageMapData;
    const mapped = await createSourceMapStore().transformCoverage(createCoverageMap(data));
    // As JSON, like the file of Jest: an end of line is Infinity until then, and null after. Otherwise each place would count twice.
    counts.merge(JSON.parse(JSON.stringify(mapped)) as CoverageMapData);
  }
  return counts;
};

void command({ usage: USAGE }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  try {
    const { status } = spawnSync('npx', ['jest', ...JEST, `--coverageDirectory=${folder}`], {
      cwd: PROJECT,
      env: { ...process.env, COVERAGE: folder },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const coverageMap = await countsOf(folder);
    create('text', { skipFull: true, maxCols: 140 }).execute(createContext({ dir: folder, coverageMap }));
    const { lines, branches } = coverageMap.getCoverageSummary();
    const low = Object.entries({ lines, branches }).filter(([what, { pct }]) => pct < MIN[what as keyof typeof MIN]);
    for (const [what, { pct }] of low)
      console.error(`${what}: ${pct} %, at least ${MIN[what as keyof typeof MIN]} % are wanted: test the lines above`);
    if (status !== 0) console.error('the unit tests fail: run npm test');
    return low.length > 0 || status !== 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
