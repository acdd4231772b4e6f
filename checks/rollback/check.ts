import { choice, command } from '../../rehearsal/src/command-line';
import { inPlace } from './place';
import { RELEASES } from './releases';
import { goesBack, goesBackByHand, passes, type Trial } from './trial';

/** The specification's environments that a pipeline delivers. */
const DELIVERED = ['staging', 'prod'];

const USAGE = `usage: npm run check:rollback -- [ENVIRONMENT]

  ENVIRONMENT   ${DELIVERED.join(', ')} (default: both)

Deploys an environment on this machine, and lets its pipeline deploy bad releases there, as its template says: each must go back by
itself, while requests arrive.`;

const check = async (environments: readonly string[], signal: AbortSignal): Promise<number> => {
  let failed = 0;
  const notes = new Set<string>(['the minutes after a deployment: each is one look at all alarms, and takes no time']);
  const say = ({ title, faults, line }: Trial) => {
    failed += faults.length;
    console.log(
      `${faults.length === 0 ? '✔' : '✖'} ${title}${faults.map((fault) => `\n  ${fault}`).join('')}\n  ${line}`,
    );
  };
  for (const environment of environments)
    await inPlace(
      environment,
      async (place) => {
        const { trial, target } = await passes(place);
        say(trial);
        for (const release of RELEASES) say(await goesBack(place, release, target));
        say(await goesBackByHand(place, RELEASES[0]!));
        for (const note of place.notes) notes.add(note);
      },
      signal,
    );
  console.log(['', 'Not as on AWS:', ...[...notes].toSorted().map((line) => `- ${line}`)].join('\n'));
  return failed === 0 ? 0 : 1;
};

void command({ usage: USAGE, takes: [0, 1] }, ({ positionals, signal }) =>
  check(positionals.length === 0 ? DELIVERED : [choice('ENVIRONMENT', positionals[0]!, DELIVERED)], signal),
);
