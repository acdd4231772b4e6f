import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { destroy, synthesize, type AssembledStack, type CdkProps } from '../app/cdk';
import type { Resource } from '../emulator/emulator';
import type { Life } from '../state';
import type { Report } from '../report/progress';
import { resourceSpans, type Timeline } from '../report/timeline';
import { deployStacks } from './deployment';
import { deletable, remains, unprotectedStacks } from './destruction';
import { refuse } from './refuse';

const guarded = ({ stacks }: Life) => stacks.filter(({ terminationProtection }) => terminationProtection);

/** The tear-down of docs/teardown.md. */
const unprotected = ({ own: { app }, folder }: Life): CdkProps => ({
  ...app,
  context: { ...app.context, deletionProtection: 'false' },
  output: join(folder, 'unprotected.out'),
});

/** That a protected environment can be destroyed by nobody. */
export const keepsOnRefusing = async (life: Life, report: Report): Promise<void> => {
  const { endpoint } = life.aws;
  const protectedStacks = guarded(life);
  await refusesDestruction(life.own.app, protectedStacks[0]!.id, report);
  refuse(await unprotectedStacks(endpoint, protectedStacks)); // the CLI takes two seconds for each
  refuse(await deletable(endpoint, life.stacks, life.deployed));
};

/** Throws when a protected stack can be destroyed all the same. */
const refusesDestruction = async (app: CdkProps, stack: string, report: Report) => {
  const refusal = await destroy(app, ['--exclusively', stack], report).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (refusal === undefined) throw new Error(`the protected stack ${stack} could be destroyed`);
  if (!/TerminationProtection/i.test(refusal)) throw new Error(refusal);
};

export const liftProtection = async (life: Life, report: Report): Promise<void> => {
  const app = unprotected(life);
  await synthesize(app, report);
  await deployStacks(life, { app }, report);
};

/** Destroys everything, and finds what is left, though no template retains it, and what is gone, though one does. */
export const destroyAll = async (life: Life, report: Report): Promise<void> => {
  const app = guarded(life).length > 0 ? unprotected(life) : life.own.app;
  await destroy(app, ['--all'], report);
  // Objects go with their cluster.
  const kept = life.deployed.filter(({ deletionPolicy, held }) => deletionPolicy !== 'Delete' && held !== 'kubernetes');
  const others = [...life.bootstrapped, ...outlived(life.updated, life.earlierStacks)];
  refuse(remains(kept, others, life.before, await life.aws.holdings()));
  life.retained = kept;
};

/** Resources that an update leaves behind, as the templates before it say. */
const outlived = (before: readonly Resource[] = [], stacks: readonly AssembledStack[]) =>
  before.filter(({ stack, logicalId, deletionPolicy }) => {
    const template = stacks.find(({ name }) => name === stack)?.template;
    return deletionPolicy !== 'Delete' || template?.Resources?.[logicalId]?.UpdateReplacePolicy === 'Retain';
  });

/** Writes where the time went. */
export const keepTimeline = async ({ aws, steps, folder, props }: Life): Promise<void> => {
  const resources = resourceSpans(await aws.events(), steps.origin);
  const file = join(folder, 'timeline.json');
  await writeFile(
    file,
    JSON.stringify({ target: props.target, steps: steps.spans, resources } satisfies Timeline, null, 1),
  );
  if (props.timeline !== undefined) await copyFile(file, props.timeline);
};

export const stop = async (life: Life): Promise<void> => {
  await keepTimeline(life);
  await life.aws.stop();
};
