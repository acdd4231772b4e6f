import { join } from 'node:path';
import { SITES } from '../../lib/model/sites';
import { command } from '../../rehearsal/src/command-line';
import { deploy, synthesize, type CdkProps } from '../../rehearsal/src/app/cdk';
import type { Place } from '../../rehearsal/src/drills/drills';
import type { Outcome } from '../../rehearsal/src/outcome';
import { rehearse } from '../../rehearsal/src/rehearsal';
import type { Report } from '../../rehearsal/src/report/progress';
import { environment } from '../../test/fixtures';
import { edited, inCopy } from '../rehearsed-copy';
import { watch, type Seen, type Watched } from './samples';
import { STAGES, type Stage } from './stages';

const { account, region, domain } = environment('dev');
const { name, namespace } = SITES.api.target;
const GATEWAY: Watched = { name, namespace, host: domain!.hosts.api };

/** Deploys the project as a stage has it. What the deployment fails with is returned. */
const deployed = ({ edits }: Stage, { emulator, signal }: Place, report: Report): Promise<string> =>
  inCopy(edited(edits), async (project) => {
    const output = join(project, 'cdk.out');
    const app: CdkProps = {
      project,
      output,
      context: { env: 'dev' },
      account,
      region,
      endpoint: emulator.endpoint,
      signal,
    };
    await synthesize(app, report);
    return deploy(app, ['--all'], report).then(
      () => '',
      (error: Error) => error.message,
    );
  });

/** The rules of the load balancer, each with its conditions and weights. */
const rulesOf = async ({ emulator }: Place): Promise<readonly string[]> =>
  (await emulator.requestPath()).loadBalancers.flatMap(({ listeners }) =>
    listeners.flatMap(({ rules }) => rules.map((rule) => JSON.stringify(rule))),
  );

/** The faults of a stage. */
const wrong = (
  { met, rules, refusal }: Stage,
  seen: Seen,
  changed: readonly string[],
  failure: string,
): readonly string[] => {
  const expected = met.join(', then ');
  const [told = ''] = failure.split('\n\n');
  return [
    ...seen.faults,
    ...(['users', 'callers'] as const).flatMap((who) =>
      seen[who].join(', then ') === expected ? [] : [`${who} meet ${seen[who].join(', then ')}, not ${expected}`],
    ),
    ...(changed.length === rules ? [] : [`it changes ${changed.length} rules, not ${rules}: ${changed.join(', ')}`]),
    ...(refusal === undefined && failure !== '' ? [`it fails: ${told}`] : []),
    ...(refusal !== undefined && !refusal.test(failure) ? [`it does not fail with ${refusal}: ${told}`] : []),
  ];
};

const goThrough = async (place: Place, report: Report): Promise<Outcome> => {
  const faults: string[] = [];
  let looks = 0;
  for (const stage of STAGES) {
    const before = new Set(await rulesOf(place));
    let failure = '';
    const seen = await watch(GATEWAY, place, async () => {
      failure = await deployed(stage, place, report);
    });
    const changed = (await rulesOf(place)).filter((rule) => !before.has(rule));
    const found = wrong(stage, seen, changed, failure);
    console.log(`${found.length === 0 ? '✔' : '✖'} ${stage.title}: ${seen.looks} looks, ${seen.users.join(', then ')}`);
    faults.push(...found.map((each) => `${stage.title}: ${each}`));
    looks += seen.looks;
    if (found.length > 0) break; // the next stage begins where this one should have ended
  }
  return { faults, line: `at each of ${looks} looks, one color had all requests, and was whole` };
};

/** Rehearses development, and takes the gateway from one color to the other and back. */
const check = (signal: AbortSignal) =>
  inCopy(
    () => {},
    (project) =>
      rehearse({
        target: 'dev',
        project,
        context: { env: 'dev' },
        keep: false,
        seed: 1,
        update: undefined,
        kubernetes: undefined,
        drills: [['colors', 'the gateway goes from blue to green and back', goThrough]],
        signal,
      }),
  );

const USAGE = `usage: npm run check:blue-green

Rehearses development, and takes the gateway from one color to the other and back, while it looks at what users and callers in the
cluster meet:

${STAGES.map(({ title }) => `  ${title}`).join('\n')}`;

void command({ usage: USAGE }, ({ signal }) => check(signal));
