import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from './definition';
import { act, goOn, started, type Commit, type Execution } from './execution';
import type { Place } from './place';
import { promotionFaults } from './promotion';
import { BEFORE_APPROVAL, type Pushed, type Scenario } from './scenarios';

/** A trial, and the claims that did not hold. */
export interface Trial {
  readonly title: string;
  readonly faults: readonly string[];
  /** The output of the last action. */
  readonly output: string;
}

const isApproval = ({ ActionTypeId: { Category } }: Action) => Category === 'Approval';

/** The action that failed, or the last one. */
const lastOf = ({ ran }: Execution) =>
  ran.find(({ succeeded }) => !succeeded) ?? ran.at(-1) ?? { name: 'nothing', output: '' };

const advance = async (place: Place, execution: Execution, approves: boolean, until?: (action: Action) => boolean) => {
  place.services.tell((await place.definition()).name, execution);
  return goOn(execution, place.surroundings(approves), until);
};

/** The same execution, of which somebody has changed the assembly. */
const altered = (execution: Execution, [file, text]: readonly [string, string]): Execution => {
  const folder = `${execution.artifacts.Synth_Output}-altered`;
  cpSync(execution.artifacts.Synth_Output!, folder, { recursive: true });
  appendFileSync(join(folder, file), text);
  return { ...execution, artifacts: { ...execution.artifacts, Synth_Output: folder } };
};

const tried = async (
  place: Place,
  { title, from, message, alters, plants, approves, status, last, says, changes }: Scenario,
  commit: Commit,
  states: Readonly<Record<'review' | 'approval', Execution>>,
): Promise<Trial> => {
  let execution = from === 'source' ? started(commit) : states[from];
  if (message) {
    const text = `${commit.message}\n\n${message(lastOf(states.approval).output)}`;
    execution = { ...execution, commit: { ...commit, message: text } };
  }
  const takeBack = await plants?.(place.images);
  const before = await place.held();
  const waiting = await advance(place, execution, approves, isApproval);
  const early = await place.changedSince(before);
  const end =
    waiting.status === 'InProgress'
      ? await advance(place, alters ? altered(waiting, alters) : waiting, approves)
      : waiting;
  const changed = await place.changedSince(before);
  await takeBack?.();
  const { name, output } = lastOf(end);
  return {
    title: `… ${title}`,
    faults: [
      ...place.strangers(),
      ...early.map((line) => `changes before the approval: ${line}`),
      ...(end.status === status ? [] : [`ends as ${end.status}, not ${status}`]),
      ...(name === last ? [] : [`ends with ${name}, not ${last}`]),
      ...(says === undefined || says.test(output) ? [] : [`does not say ${says}`]),
      ...(`${changed}` === `${changes}` ? [] : [`changes [${changed.join(', ')}], not [${changes.join(', ')}]`]),
    ],
    output,
  };
};

/** Pushes a commit, and tries everything that may happen to it. */
export async function* trialsOf(
  place: Place,
  { title, review, scenarios }: Pushed,
  commit: Commit,
): AsyncGenerator<Trial> {
  const before = await place.held();
  const unreviewed = await advance(place, started(commit), false, ({ Name }) => Name === 'Review');
  const waiting = unreviewed.status === 'InProgress' ? await advance(place, unreviewed, false, isApproval) : unreviewed;
  const { name, output } = lastOf(waiting);
  const others = waiting.ran.filter(({ stage }) => !BEFORE_APPROVAL.includes(stage));
  const status = review === 'waits' ? 'InProgress' : 'Failed';
  yield {
    title: `${title}: Review ${review === 'waits' ? 'passes' : 'refuses'} it, and nothing in the account has changed`,
    faults: [
      ...others.map((ran) => `${ran.stage}: ${ran.name} runs before the approval`),
      ...(await place.changedSince(before)).map((line) => `changes before the approval: ${line}`),
      ...(waiting.status === status && name === 'Review' ? [] : [`is ${waiting.status} after ${name}`]),
      ...(review === 'waits' || review.test(output) ? [] : [`does not say ${review}`]),
    ],
    output,
  };
  if (unreviewed.status !== 'InProgress') return;
  for (const each of scenarios) yield await tried(place, each, commit, { review: unreviewed, approval: waiting });
}

/** Lets staging look for its own images, twice: the second time, one is missing. */
export const inFirstEnvironment = async (place: Place, commit: Commit): Promise<Trial> => {
  const surroundings = place.inStaging();
  const sourced = await goOn(started(commit), surroundings, ({ Name }) => Name === 'Check');
  const images = place.staging.groups.flatMap(({ actions }) => actions).find(({ Name }) => Name === 'Images')!;
  const whole = await act(images, place.staging, sourced, surroundings);
  const takeBack = await place.images.removeFromStaging();
  const lacking = await act(images, place.staging, sourced, surroundings);
  await takeBack();
  const says = /Nobody has pushed 222222222222\S+\/platform\/frontend:1\.0\.0@sha256:\w{64}\. Build it and push it/;
  return {
    title: 'staging, which follows no environment, finds its own images, and stops without one',
    faults: [
      ...(whole.succeeded ? [] : ['does not find them']),
      ...(!lacking.succeeded && says.test(lacking.output) ? [] : [`does not say ${says}`]),
      ...place.strangers(),
    ],
    output: `${whole.output}\n${lacking.output}`,
  };
};

/** Lets staging promote a commit. */
export const promoted = async (place: Place, commit: Commit): Promise<Trial> => {
  const surroundings = place.inStaging();
  const sourced = await goOn(started(commit), surroundings, ({ Name }) => Name === 'Check');
  const faults = await promotionFaults(place.staging, await place.definition(), sourced, surroundings, place.services);
  return { title: 'a commit that passed staging starts production with that commit', faults, output: '' };
};
