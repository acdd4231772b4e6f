import type { ControlLoops } from '../../rehearsal/src/cluster/patience';
import type { Alertmanager, Prometheus } from './programs';

/** Discovery tells of new targets every five seconds. Prometheus scrapes and works out its rules once a second here. */
const SECONDS = 6;

/** Counts the rounds in which every one of some times has become another. */
const counter = () => {
  let before = new Map<string, string>();
  let rounds = 0;
  return (times: ReadonlyMap<string, string>): number => {
    if (times.size > 0 && [...times].every(([name, time]) => before.get(name) !== time)) {
      before = new Map(times);
      rounds += 1;
    }
    return Math.floor(rounds / SECONDS);
  };
};

interface Scraped {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastScrape: string;
}

interface Evaluated {
  readonly file: string;
  readonly name: string;
  readonly lastEvaluation: string;
}

/**
 * How often Prometheus has asked every target, and worked out every group of rules, from what it says of both; and how often
 * Alertmanager has answered, which counts nothing of what it does.
 */
export const roundsOf = (
  { ask }: Pick<Prometheus, 'ask'>,
  { answer }: Pick<Alertmanager, 'answer'>,
): (() => Promise<ControlLoops>) => {
  const [scrapes, evaluations] = [counter(), counter()];
  let answers = 0;
  return async () => {
    await answer();
    answers += 1;
    const { activeTargets } = await ask<{ activeTargets: readonly Scraped[] }>('targets?state=active');
    const { groups } = await ask<{ groups: readonly Evaluated[] }>('rules');
    const scraped = activeTargets.map((target) => [`${target.scrapePool} ${target.scrapeUrl}`, target.lastScrape]);
    const evaluated = groups.map((group) => [`${group.file} ${group.name}`, group.lastEvaluation]);
    return {
      'scrapes of Prometheus': { rounds: scrapes(new Map(scraped as [string, string][])), error: '' },
      'rules of Prometheus': { rounds: evaluations(new Map(evaluated as [string, string][])), error: '' },
      Alertmanager: { rounds: answers, error: '' },
    };
  };
};
