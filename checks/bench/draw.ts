import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../rehearsal/cdk';
import type { Timeline } from '../../rehearsal/timeline';
import { picture } from './picture';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.log('usage: npm run timeline -- FILE\n\n  FILE  what a rehearsal wrote with --timeline FILE');
  process.exitCode = 2;
} else {
  const timeline = JSON.parse(readFileSync(file, 'utf8')) as Timeline;
  const drawn = join(PROJECT, 'docs', 'rehearsal-timeline.svg');
  writeFileSync(drawn, picture(timeline, availableParallelism()));
  console.log(`drawn: ${drawn}`);
}
