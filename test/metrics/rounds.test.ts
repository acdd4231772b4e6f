import { EventEmitter, once } from 'node:events';
import type { ControlLoops } from '../../rehearsal/src/cluster/patience';
import { roundsOf } from '../../checks/metrics/rounds';

/** A Prometheus that says when it last asked its targets, and worked out its groups of rules. */
const prometheus = (scrapes: Record<string, number>, evaluations: Record<string, number>) => ({
  ask: async <T>(path: string): Promise<T> =>
    (path === 'rules'
      ? { groups: Object.entries(evaluations).map(([name, at]) => ({ file: 'f', name, lastEvaluation: `${at}` })) }
      : {
          activeTargets: Object.entries(scrapes).map(([url, at]) => ({
            scrapePool: 'p',
            scrapeUrl: url,
            lastScrape: `${at}`,
          })),
        }) as T,
});

const alertmanager = { answer: async () => undefined };

const ofPrometheus = (loops: ControlLoops) =>
  Object.entries(loops).flatMap(([name, { rounds }]) => (name.endsWith('Prometheus') ? rounds : []));

const after = async (changes: number, change: (scrapes: Record<string, number>, round: number) => void) => {
  const scrapes: Record<string, number> = { a: 0, b: 0 };
  const evaluations: Record<string, number> = { group: 0 };
  const rounds = roundsOf(prometheus(scrapes, evaluations), alertmanager);
  let found = await rounds();
  for (let round = 1; round <= changes; round += 1) {
    change(scrapes, round);
    evaluations.group = round;
    found = await rounds();
  }
  return ofPrometheus(found);
};

test('a round of scrapes is one of every target', async () => {
  const both = await after(60, (scrapes, round) => Object.assign(scrapes, { a: round, b: round }));
  expect(both).toEqual([10, 10]);
  expect(await after(60, (scrapes, round) => Object.assign(scrapes, { a: round }))).toEqual([0, 10]);
});

test('a look in which nothing has happened is no round', async () => {
  expect(await after(60, () => undefined)).toEqual([0, 10]);
});

test('before there are targets, no round has been', async () => {
  const rounds = roundsOf(prometheus({}, {}), alertmanager);
  for (let look = 0; look < 60; look += 1) await rounds();
  expect(ofPrometheus(await rounds())).toEqual([0, 0]);
});

test('an Alertmanager that does not answer completes no round', async () => {
  const gate = new EventEmitter();
  const answer = async () => void (await once(gate, 'answer'));
  const looked = roundsOf(prometheus({ a: 1 }, { group: 1 }), { answer })();
  const first = await Promise.race([looked, Promise.resolve('nothing yet')]);
  expect(first).toBe('nothing yet');
  gate.emit('answer');
  expect((await looked).Alertmanager).toEqual({ rounds: 1, error: '' });
});
