import { join } from 'node:path';
import { chosen } from '../chosen';
import { inCopy, rehearseCopy, replaceIn } from '../rehearsed-copy';
import { UPDATES, type Edit, type Update } from './updates';

const edited = (edits: readonly Edit[]) => (folder: string) => {
  for (const [file, text, instead] of edits) replaceIn(join(folder, file), text, instead);
};

/** Rehearses development as it runs, then the update over it. */
const rehearse = ({ earlier, later }: Update) =>
  inCopy(edited(earlier), (folder) => rehearseCopy(edited(later), ['dev', '--seed', '1', '--update', folder]));

/** Types of what the summary of a rehearsal calls replaced. */
const replacedIn = (output: string): readonly string[] | undefined => {
  const [, block] = /^ {2}replaced +(.*\n(?: {6,}.*\n)*)/m.exec(output) ?? [];
  return block?.match(/AWS::\w+::\w+/g) ?? (block?.startsWith('nothing') ? [] : undefined);
};

/** Each update, or each that is named, has to pass a whole rehearsal and to replace what it says and nothing else, or to be refused. */
const check = async () => {
  for (const update of chosen(UPDATES, 'update')) {
    const started = performance.now();
    const { status, output } = await rehearse(update);
    const replaced = replacedIn(output)?.toSorted().join(', ');
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (update.refusal !== undefined && status !== 0 && output.includes(update.refusal))
      console.log(`✔ ${update.title} (${seconds} s): refused`);
    else if (update.refusal === undefined && status === 0 && replaced === update.replaces.toSorted().join(', '))
      console.log(`✔ ${update.title} (${seconds} s): replaces ${replaced || 'nothing'}`);
    else {
      console.error(`✖ ${update.title}: the rehearsal ends with ${status} and replaces ${replaced}\n${output}`);
      process.exitCode = 1;
    }
  }
};

check().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
