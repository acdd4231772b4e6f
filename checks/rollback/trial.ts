import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { planOf } from '../../doctor/assembly';
import { connect } from '../../doctor/aws';
import { cdk, type CdkProps } from '../../rehearsal/src/app/cdk';
import { environment as specified } from '../../test/fixtures';
import { alarmsIn } from '../../verify/facts/watch';
import { guardOf } from '../../verify/guard';
import { guardedArgs } from '../../verify/steps';
import { goOn, started, type Execution } from '../pipeline/execution';
import type { Place, Reviewed } from './place';
import type { Release } from './releases';
import { takeSamples, type Sample } from './samples';
import { pass, rollbackTo, type Left } from './stage';

/** A trial, and its faults. */
export interface Trial {
  readonly title: string;
  readonly faults: readonly string[];
  /** Figures, for the reader. */
  readonly line: string;
}

/** Samples that a trial takes at least while a release comes and goes, and once more after it has gone. */
const SAMPLES = 100;

/** The minute after a deployment in which its alarm fires. */
const FIRES = 2;

/** Commits of which the next environment has heard. */
const promotedBy = ({ services }: Place): readonly string[] =>
  services.called
    .filter(({ operation }) => operation === 'AWSEvents.PutEvents')
    .flatMap(({ input }) => input.Entries.map(({ Detail }: { Detail: string }) => JSON.parse(Detail).commit));

/** An execution that has been released: it has its commit, with its variables, and the reviewed assembly. */
const released = async ({ definition, surroundings }: Place, { commit, assembly }: Reviewed): Promise<Execution> => {
  const actions = definition.groups.flatMap((group) => group.actions);
  const sourced = await goOn(started(commit), surroundings, ({ Name }) => Name === 'Check');
  const [output] = actions.find(({ Name }) => Name === 'Release')!.OutputArtifacts!;
  return { ...sourced, artifacts: { ...sourced.artifacts, [output!.Name]: assembly } };
};

/** Deploys what runs already: it succeeds, so it is what CodePipeline goes back to. */
export const passes = async (place: Place): Promise<{ readonly trial: Trial; readonly target: Execution }> => {
  const { environment, surroundings, definition } = place;
  const reviewed = await place.push('a release that is good', () => {});
  const target = await released(place, reviewed);
  const { execution, result, because } = await pass(environment, target, surroundings);
  const end = await goOn(execution, surroundings);
  const promotes = definition.groups.some(({ stage }) => stage === 'Promote');
  const told = promotedBy(place);
  const faults = [
    ...(result === undefined && end.status === 'Succeeded' ? [] : [`ends as ${end.status}, ${result}: ${because}`]),
    ...(`${told}` === `${promotes ? [reviewed.commit.id] : []}`
      ? []
      : [`the next environment hears of [${told.join()}]`]),
  ];
  const line = promotes ? 'the next environment hears of its commit' : 'no environment comes next';
  return { trial: { title: `${environment}: a good release passes`, faults, line }, target };
};

const fire = async ({ environment, region }: Place, alarm: string, state: 'ALARM' | 'OK') => {
  const AlarmName = `platform-${environment}-${alarm}`;
  const asked = { AlarmName, StateValue: state, StateReason: 'the trial of a release' };
  await new CloudWatchClient({ region }).send(new SetAlarmStateCommand(asked));
};

const strange = (samples: readonly Sample[], before: readonly string[]): readonly string[] => [
  ...new Set(samples.flatMap(({ releases }) => releases.filter((release) => !before.includes(release)))),
];

/** A trial with the messages of the checks that do not hold. */
const judged = (title: string, checked: readonly (readonly [boolean, string])[], line: string): Trial => ({
  title,
  faults: checked.filter(([holds]) => !holds).map(([, fault]) => fault),
  line,
});

/** Takes samples while a release comes and goes, and then some more: what every way back has in common. */
const sampled = async ({ cluster, emulator }: Place, comesAndGoes: () => Promise<void>) => {
  const samples = await takeSamples(cluster, emulator);
  try {
    const [{ releases: before }] = samples.taken as [Sample];
    await comesAndGoes();
    await samples.more(Math.max(1, SAMPLES - samples.taken.length));
    const coming = samples.taken.length;
    await samples.more(SAMPLES);
    await samples.end();
    const [during, after] = [samples.taken.slice(0, coming), samples.taken.slice(coming)];
    const lost = samples.taken.filter(({ faults }) => faults.length > 0);
    return {
      served: strange(during, before),
      checked: [
        [lost.length === 0, `requests are lost in ${lost.length} samples: ${lost[0]?.faults[0]}`],
        [
          strange(after, before).length === 0,
          `other pods serve after the way back: ${strange(after, before).join(', ')}`,
        ],
      ] as const,
      line: `${during.length} samples until it has gone, ${after.length} afterwards`,
    };
  } finally {
    await samples.end().catch(() => {});
  }
};

/** Lets the pipeline deploy a bad release while requests go on, and do what its template says of it. */
export const goesBack = async (place: Place, release: Release, target: Execution): Promise<Trial> => {
  const { environment, surroundings } = place;
  const { title, edit, fires, because, serves } = release;
  const reviewed = await place.push(title, edit);
  const execution = await released(place, reviewed);
  const seen: { left?: Left; back?: Left } = {};
  const { served, checked, line } = await sampled(place, async () => {
    seen.left = await pass(environment, execution, surroundings, async (minute) => {
      if (fires !== undefined && minute === FIRES) await fire(place, fires, 'ALARM');
    });
    if (fires !== undefined) await fire(place, fires, 'OK'); // the requests that failed are over
    seen.back = await pass(environment, rollbackTo(target), surroundings);
  });
  const [left, back] = [seen.left!, seen.back!];
  const promoted = promotedBy(place).filter((commit) => commit === reviewed.commit.id);
  return judged(
    `${environment}: ${title}`,
    [
      [left.result === 'ROLLBACK', `CodePipeline does not roll back, but ${left.result ?? 'goes on'}: ${left.because}`],
      [because.test(left.because), `the stage ends because of "${left.because}", not ${because}`],
      [back.result === undefined, `the way back fails: ${back.because}`],
      [promoted.length === 0, `the next environment hears of it: ${promoted.join()}`],
      [
        served.length > 0 === serves,
        serves ? 'its pods never serve: the trial shows nothing' : `its pods serve: ${served.join(', ')}`,
      ],
      ...checked,
    ],
    `${line}; ${left.because.split('\n')[0]!.slice(0, 100)}`,
  );
};

const deploy = (props: CdkProps, args: readonly string[]) =>
  cdk(props, ['deploy', ...args, '--require-approval', 'never'], () => {});

/** Deploys a bad release as `npm run deploy` does, and lets an alarm fire meanwhile. */
export const goesBackByHand = async (place: Place, { edit, fires }: Release): Promise<Trial> => {
  const { environment, app, emulator } = place;
  const config = specified(environment);
  const plan = planOf(config, app.output);
  const guard = guardOf(plan, await alarmsIn(connect(config.region), plan), config.monitoring.bakeMinutes);
  if (typeof guard === 'string') throw new Error(guard);
  const [before, services] = guardedArgs(guard);
  for (const args of [before!, services!]) await deploy(app, args); // nothing changes, and no alarm is on
  const bad = await place.edited(edit);
  const { name } = plan.stacks.find(({ id }) => id === guard.stack)!;
  const updates = async () =>
    (await emulator.events()).filter((event) => event.stack === name && event.status === 'UPDATE_IN_PROGRESS').length;
  const seen: { refusal?: string } = {};
  const { served, checked, line } = await sampled(place, async () => {
    const count = await updates();
    const deployment = deploy(bad, services!).then(
      () => 'nothing',
      ({ message }: Error) => message,
    );
    while ((await updates()) === count) await Promise.race([deployment, sleep(100)]);
    await fire(place, fires!, 'ALARM');
    seen.refusal = await deployment;
    await fire(place, fires!, 'OK');
  });
  return judged(
    `${environment}: the same, by npm run deploy`,
    [
      [/Rollback trigger \S+:alarm:\S+ went to ALARM/.test(seen.refusal!), `the CDK CLI says ${seen.refusal}`],
      [served.length > 0, 'its pods never serve: the trial shows nothing'],
      ...checked,
    ],
    line,
  );
};
