import { command } from '../../rehearsal/src/command-line';
import { chosen, usageOf } from '../../test/chosen';
import { edited, inCopy, rehearseCopy } from '../rehearsed-copy';
import { UPDATES, type Update } from './updates';

/** Rehearses development as it runs, or as it fails, then the update over it. */
const rehearse = ({ earlier, later, fails }: Update) =>
  inCopy(edited(earlier), (folder) =>
    rehearseCopy(edited(later), ['dev', '--seed', '1', fails ? '--after-failure' : '--update', folder]),
  );

/** Types of what the summary of a rehearsal calls replaced. */
const replacedIn = (output: string): readonly string[] | undefined => {
  const [, block] = /^ {2}replaced +(.*\n(?: {6,}.*\n)*)/m.exec(output) ?? [];
  return block?.match(/AWS::\w+::\w+/g) ?? (block?.startsWith('nothing') ? [] : undefined);
};

const outcome = ({ refusal, replaces }: Update) =>
  refusal === undefined ? `replaces ${replaces.toSorted().join(', ') || 'nothing'}` : 'refused';

/** The difference between the outcome of a rehearsal and the expected one, if any. */
const problem = (update: Update, status: number | null, output: string): string | undefined => {
  const { fails, refusal, replaces } = update;
  if (refusal !== undefined)
    return status !== 0 && output.includes(refusal) ? undefined : `ends with ${status}, and does not say ${refusal}`;
  if (status !== 0) return `ends with ${status}`;
  if (fails) return fails.test(output) ? undefined : `does not say ${fails}`;
  const replaced = replacedIn(output)?.toSorted().join(', ');
  return replaced === replaces.toSorted().join(', ') ? undefined : `replaces ${replaced}`;
};

/** Each update, or each that is named, has to pass a whole rehearsal and to replace only the types that it lists, or to be refused. */
const check = async (titles: readonly string[]) => {
  for (const update of chosen(UPDATES, 'update', titles)) {
    const started = performance.now();
    const { status, output } = await rehearse(update);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const wrong = problem(update, status, output);
    if (wrong === undefined) console.log(`✔ ${update.title} (${seconds} s): ${outcome(update)}`);
    else {
      console.error(`✖ ${update.title}: the rehearsal ${wrong}\n${output}`);
      process.exitCode = 1;
    }
  }
};

const USAGE = usageOf('check:updates', 'Rehearses updates of development', UPDATES);

void command({ usage: USAGE, takes: [0, Infinity] }, ({ positionals }) => check(positionals));
