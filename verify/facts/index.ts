import { unable } from '../../doctor/examine';
import { learnAll, type FactsOf, type LearnedBy } from '../../doctor/learn';
import { Unanswered } from '../../doctor/why';
import type { Target } from '../target';
import { caches, databases, lags } from './data';
import { drifts } from './drifts';
import { protections } from './firewall';
import { objects } from './objects';
import { reader, type World } from './reader';
import { rules } from './rules';
import { answers } from './sites';
import { stacks, templates } from './stacks';
import { alarms } from './watch';
import { rollouts } from './workloads';

/** Everything that is asked of a deployed environment, and how. */
export const READERS = {
  now: reader('the clock of this machine', [], async () => Date.now()),
  answers,
  stacks,
  templates,
  databases,
  lags,
  caches,
  alarms,
  protections,
  rollouts,
  drifts,
  rules,
  objects,
} as const;

export type FactName = keyof typeof READERS;

/** Facts about an environment. */
export type Facts = FactsOf<typeof READERS>;

/** Known facts, and the reasons for the others. */
export type Learned = LearnedBy<typeof READERS>;

/** Asks for the named facts at the same time. Those that need credentials are asked only of the right account. */
export const learn = async (world: World, target: Target, names: readonly FactName[]): Promise<Learned> => {
  const needing = names.some((name) => READERS[name].actions.length > 0);
  const obstacle = needing ? await unable(world.aws, target) : undefined;
  return learnAll(names, async (name) => {
    const { actions, read } = READERS[name];
    if (actions.length > 0 && obstacle !== undefined) throw new Unanswered(obstacle);
    return read(world, target);
  });
};
