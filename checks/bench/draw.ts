import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { command, UsageError } from '../../rehearsal/src/command-line';
import { PROJECT } from '../../rehearsal/src/folders';
import type { Timeline } from '../../rehearsal/src/report/timeline';
import { picture } from './picture';

const USAGE = `usage: npm run timeline -- FILE

  FILE  a file that a rehearsal wrote with --timeline FILE

Draws where the time of a rehearsal goes into docs/rehearsal-timeline.svg.`;

/** The timeline that a rehearsal wrote. Throws a UsageError for any other file. */
const timelineIn = (file: string): Timeline => {
  try {
    const timeline = JSON.parse(readFileSync(file, 'utf8')) as Partial<Timeline> | null;
    if (Array.isArray(timeline?.steps) && Array.isArray(timeline.resources)) return timeline as Timeline;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new UsageError(`FILE is "${file}": it cannot be read (${code})`, { cause: error });
  }
  throw new UsageError(`FILE is "${file}": choose a file that a rehearsal wrote with --timeline FILE`);
};

void command({ usage: USAGE, takes: [1, 1] }, ({ positionals: [file] }) => {
  const drawn = join(PROJECT, 'docs', 'rehearsal-timeline.svg');
  writeFileSync(drawn, picture(timelineIn(file!), availableParallelism()));
  console.log(`drawn: ${drawn}`);
});
