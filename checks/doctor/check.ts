import { command } from '../../rehearsal/src/command-line';
import { CHECKS } from '../../doctor/checks';
import { DIGESTS } from '../../doctor/checks/brought';
import { examine, judge, type Result } from '../../doctor/examine';
import { learn, READERS, type FactName } from '../../doctor/facts';
import { policyActions } from '../../doctor/permissions';
import { report } from '../../doctor/report';
import { chosen, usageOf } from '../../test/chosen';
import { inCopy } from '../rehearsed-copy';
import { COMMANDS, runDoctor } from './commands';
import { withAccount, type Emulated } from './emulated';
import { PLANTED } from './planted';
import type { Planted } from './planted/planted';
import { volumesWith } from './planted/rights';

const faults: string[] = [];

/** A line of what was tried, and a fault where it did not hold. */
const say = (title: string, fault: string | undefined) => {
  console.log(`${fault === undefined ? '✔' : '✖'} ${title}`);
  if (fault !== undefined) faults.push(`${title}: ${fault}`);
};

/** Why not all is well, if it is not. Digests that nobody has recorded yet are advice, and trouble nobody here. */
const troubles = (results: readonly Result[]): string | undefined =>
  results.every(
    ({ title, misses, unchecked }) => (misses.length === 0 || title === DIGESTS.title) && unchecked === undefined,
  )
    ? undefined
    : report('prod', results);

/** Takes something away, and looks with the check that has to name it. */
const plant = async (emulated: Emulated, { check, plant: take, plan: change, says, remedy }: Planted) => {
  const putBack = await take?.(emulated);
  const plan = change?.(emulated.plan) ?? emulated.plan;
  const [{ misses, unchecked }] = judge(plan, await learn(emulated.aws(), plan, check.facts), [check]) as [Result];
  await putBack?.();
  await emulated.restore();
  const found = misses.find((miss) => says.test(miss.missing) && remedy.test(miss.remedy));
  say(
    check.title,
    found ? undefined : `says ${JSON.stringify(unchecked ?? misses)}, and neither ${says} nor ${remedy}`,
  );
};

/** An action that is refused is named, and so are the checks that could not be made. */
const refuse = async (emulated: Emulated, action: string) => {
  const { aws, plan, give, restore } = emulated;
  await volumesWith('*')(emulated); // else no key is asked for
  await give({ refused: { [action]: 'AccessDenied' } });
  const names = (Object.keys(READERS) as FactName[]).filter((name) => READERS[name].actions.includes(action));
  const { unknown } = await learn(aws(), plan, names);
  await restore();
  const told = names.filter((name) => unknown[name] !== undefined);
  const known = told.every((name) => unknown[name]!.includes(action));
  say(`${action} is refused`, told.length > 0 && known ? undefined : `says ${JSON.stringify(unknown)}`);
};

const TITLED = PLANTED.map((one) => ({ ...one, title: one.check.title }));

const check = async (titles: readonly string[]) => {
  const unplanted = CHECKS.filter((one) => !PLANTED.some((planted) => planted.check === one));
  if (unplanted.length > 0)
    throw new Error(`no miss is planted for: ${unplanted.map(({ title }) => title).join('; ')}`);
  const planting = chosen(TITLED, 'check', titles);
  await withAccount(
    async (emulated) => {
      const { aws, plan, give, restore } = emulated;
      say('nothing is missing', troubles(await examine(aws(), plan)));
      for (const planted of planting) await plant(emulated, planted);
      if (titles.length > 0) return;
      for (const action of policyActions()) await refuse(emulated, action);
      await give({ allowed: policyActions() });
      say('the policy of docs/doctor.md is enough', troubles(await examine(aws(), plan)));
      await restore();
      await inCopy(
        () => {},
        async (copy) => {
          for (const one of COMMANDS) say(one.title, await runDoctor(emulated, copy, one));
        },
      );
      say('nothing is missing at the end', troubles(await examine(aws(), plan)));
    },
    (line) => process.env.VERBOSE && console.log(line),
  );
  if (faults.length > 0) throw new Error(`\n${faults.join('\n')}`);
};

const USAGE = usageOf(
  'check:doctor',
  'Removes what the doctor looks for, one thing at a time, and checks that the doctor says so',
  TITLED,
);

void command({ usage: USAGE, takes: [0, Infinity] }, ({ positionals }) => check(positionals));
