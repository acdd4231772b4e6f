import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planOf } from '../../doctor/assembly';
import { command } from '../../rehearsal/src/command-line';
import { chosen, usageOf } from '../../test/chosen';
import { environment } from '../../test/fixtures';
import type { Check } from '../../verify/check';
import { SECTIONS } from '../../verify/checks';
import { targetOf } from '../../verify/target';
import { inCopy } from '../rehearsed-copy';
import { ACCOUNT } from './account';
import { ROLLOUTS, rolled, useKubectl } from './cluster';
import { makeCertificates, type Certificates } from './certificates';
import { runCommand } from './commands';
import { startEdge } from './edge';
import { inAccount } from './emulated';
import { MISBEHAVIORS } from './misbehaviors';
import { commandsFor, named, wellBehaved } from './sites';

const ALL = [...MISBEHAVIORS, ...ROLLOUTS, ...ACCOUNT];

const faults: string[] = [];

/** A line of what was tried, and a fault where it did not hold. */
const say = (title: string, fault: string | undefined) => {
  console.log(`${fault === undefined ? '✔' : '✖'} ${title}`);
  if (fault !== undefined) faults.push(`${title}: ${fault}`);
};

/** Runs the commands themselves, against a good edge and one with an expired certificate. */
const tryCommands = async (certificates: Certificates) => {
  const [good, bad] = [
    await startEdge(certificates.good, {}),
    await startEdge(certificates.good, { certificate: certificates.expired }),
  ];
  const options = ({ options: detours }: typeof good) => [
    '--ca',
    certificates.authority,
    ...detours.flatMap((each) => ['--connect-to', each]),
  ];
  await inCopy(
    () => {},
    async (copy) => {
      for (const one of commandsFor(options(good), options(bad))) say(one.title, await runCommand(copy, one));
    },
  ).finally(() => [good, bad].forEach((edge) => edge.stop()));
};

const check = async (titles: readonly string[], signal: AbortSignal) => {
  const own = new Set<Check>([...MISBEHAVIORS, ...ACCOUNT].map((each) => each.check));
  const unplanted = [...SECTIONS.sites, ...SECTIONS.account].filter((one) => !own.has(one));
  if (unplanted.length > 0)
    throw new Error(`no fault is planted for: ${unplanted.map(({ title }) => title).join('; ')}`);
  const planting = chosen<{ readonly title: string }>(ALL, 'fault', titles);
  const planted = <T extends { readonly title: string }>(list: readonly T[]) =>
    list.filter((each) => planting.includes(each));
  const folder = await mkdtemp(join(tmpdir(), 'platform-verify-check-'));
  try {
    const certificates = await makeCertificates(folder, signal);
    const config = environment('prod');
    const target = targetOf(config, planOf(config));
    say('all is well', await wellBehaved(target, certificates, signal));
    for (const each of planted(MISBEHAVIORS)) say(each.title, await named(target, certificates, each, signal));
    if (planted(ROLLOUTS).length > 0) await useKubectl(signal);
    for (const each of planted(ROLLOUTS)) say(each.title, await rolled(target, each, folder, signal));
    if (planted(ACCOUNT).length > 0) await inAccount(planted(ACCOUNT), say);
    if (titles.length === 0) await tryCommands(certificates);
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (faults.length > 0) console.error(`\n${faults.join('\n')}`);
  }
  return faults.length > 0 ? 1 : 0;
};

const USAGE = usageOf(
  'check:verify',
  'Breaks a deployed environment in one way at a time, and checks that `npm run verify` says so',
  ALL,
);

void command({ usage: USAGE, takes: [0, Infinity] }, ({ positionals, signal }) => check(positionals, signal));
