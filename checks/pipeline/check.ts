import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../rehearsal/src/command-line';
import { chosen, usageOf } from '../../test/chosen';
import { inCopy } from '../rehearsed-copy';
import { withDigests, withReleases } from './images';
import { inPlace, type Place } from './place';
import { PUSHED, type Pushed } from './scenarios';
import { inFirstEnvironment, promoted, trialsOf, type Trial } from './trial';

const USAGE = usageOf(
  'check:pipeline',
  `Runs production's delivery pipeline on this machine, as its template says, against an emulated account: the commands of every
build, the approval, the change sets. Pushes commits to it, one at a time, and checks what runs and what changes`,
  PUSHED,
);

/** Puts the files of a commit into a folder: those of the project, with an edit. */
const commitOf = ({ title, edit }: Pushed, at: number, { folder, images }: Place) => {
  const change = (copy: string) => {
    withDigests(copy);
    withReleases(copy, images.digest);
    edit(copy);
  };
  return inCopy(change, async (copy) => {
    const target = join(folder, `commit-${at}`);
    cpSync(copy, target, { recursive: true, filter: (path) => path !== join(copy, 'node_modules') });
    return { id: `${at}`.padStart(40, 'c0ffee'), message: title, folder: target };
  });
};

const check = (pushed: readonly Pushed[], signal: AbortSignal): Promise<number> =>
  inCopy(withDigests, (project) =>
    inPlace(
      project,
      async (place) => {
        let failed = 0;
        const say = ({ title, faults, output }: Trial) => {
          failed += faults.length;
          console.log(`${faults.length === 0 ? '✔' : '✖'} ${title}${faults.map((fault) => `\n  ${fault}`).join('')}`);
          if (faults.length > 0) console.log(output);
        };
        const commits = [];
        for (const [at, each] of pushed.entries()) commits.push(await commitOf(each, at, place));
        for (const [at, each] of pushed.entries())
          for await (const trial of trialsOf(place, each, commits[at]!)) say(trial);
        say(await inFirstEnvironment(place, commits[0]!));
        say(await promoted(place, commits[0]!));
        console.log(['', 'Not as on AWS:', ...[...place.notes].toSorted().map((line) => `- ${line}`)].join('\n'));
        return failed === 0 ? 0 : 1;
      },
      signal,
    ),
  );

void command({ usage: USAGE, takes: [0, Infinity] }, ({ positionals, signal }) =>
  check(chosen(PUSHED, 'commit', positionals), signal),
);
