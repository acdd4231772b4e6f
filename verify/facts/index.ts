import { unable } from '../../doctor/examine';
import { learnAll } from '../../doctor/learn';
import { Unanswered } from '../../doctor/why';
import type { Target } from '../target';
import { caches, databases, lags } from './data';
import { protections } from './firewall';
import { reader, type World } from './reader';
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
} as const;

export type FactName = keyof typeof READERS;

/** Facts of an environment. */
export type Facts = { readonly [K in FactName]: Awaited<ReturnType<(typeof READERS)[K]['read']>> };

/** The known facts, and why the rest are unknown. */
export interface Learned {
  readonly known: Partial<Facts>;
  readonly unknown: Readonly<Partial<Record<FactName, string>>>;
}

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
