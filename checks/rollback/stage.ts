import { randomUUID } from 'node:crypto';
import type { Definition, Stage } from '../pipeline/definition';
import { goOn, type Execution, type Surroundings } from '../pipeline/execution';
import { alarmState, failure } from './conditions';

/** How an execution left a stage. */
export interface Left {
  readonly execution: Execution;
  /** The consequence that CodePipeline draws from it. Undefined: the execution goes on. */
  readonly result: string | undefined;
  /** The action that failed, or the rule. */
  readonly because: string;
}

const named = ({ stages, name }: Definition, stage: string): Stage => {
  const found = stages.find(({ Name }) => Name === stage);
  if (found === undefined) throw new Error(`${name} has no stage ${stage}`);
  return found;
};

/** Lets an execution enter a stage and go through it: its actions, then what the template says of their success or failure. */
export const pass = async (
  stage: string,
  execution: Execution,
  surroundings: Surroundings,
  happens: (minute: number) => Promise<void> = async () => {},
): Promise<Left> => {
  const definition = await surroundings.definition();
  const { Actions, OnFailure, OnSuccess } = named(definition, stage);
  const next = definition.groups.findIndex((group) => group.stage === stage);
  const own = new Set(Actions.map(({ Name }) => Name));
  const ended = await goOn({ ...execution, next, ran: [] }, surroundings, ({ Name }) => !own.has(Name));
  const failed = ended.ran.filter(({ succeeded }) => !succeeded);
  if (failed.length > 0)
    return {
      execution: ended,
      result: OnFailure?.Result ?? 'FAIL',
      because: failed.map(({ name, output }) => `${name}: ${output}`).join('\n'),
    };
  for (const { Rules, Result } of OnSuccess?.Conditions ?? []) {
    const because = await failure(Rules, alarmState, happens);
    if (because !== undefined) return { execution: ended, result: Result, because };
  }
  return { execution: ended, result: undefined, because: '' };
};

/**
 * The execution with which CodePipeline rolls back: a new one, with "the variables and artifacts from the execution to which it is
 * rolling back" (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html), which has to be the most recent that
 * succeeded in the stage.
 */
export const rollbackTo = (target: Execution): Execution => ({ ...target, id: randomUUID(), status: 'InProgress' });
