import { settle, type ControlLoops, type Observation } from '../../rehearsal/src/cluster/patience';

jest.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(setImmediate) }));

afterEach(() => jest.restoreAllMocks());

const STILL: Observation<string> = { found: 'nothing', settled: false, state: 'the same' };
const loop = (rounds: number, error = '') => ({ rounds, error });

/** Control loops, each of which completes a round whenever it has been asked so often. */
const loops = (every: Readonly<Record<string, number>>): (() => Promise<ControlLoops>) => {
  let asked = 0;
  return async () => {
    asked += 1;
    return Object.fromEntries(Object.entries(every).map(([name, pace]) => [name, loop(Math.floor(asked / pace))]));
  };
};

test('returns what is as wanted at once', async () => {
  const look = jest.fn(async () => ({ ...STILL, settled: true }));
  await expect(settle(loops({ a: 1 }), look)).resolves.toMatchObject({ settled: true });
  expect(look).toHaveBeenCalledTimes(1);
});

test('returns what is lost for good at once', async () => {
  const look = jest.fn(async () => ({ ...STILL, lost: true }));
  await expect(settle(loops({ a: 1 }), look)).resolves.toMatchObject({ settled: false });
  expect(look).toHaveBeenCalledTimes(1);
});

test('gives up when the slowest loop has completed thirty rounds without a change', async () => {
  const look = jest.fn(async () => STILL);
  await expect(settle(loops({ slow: 7, fast: 1 }), look)).resolves.toMatchObject({ settled: false });
  expect(look.mock.calls.length).toBeGreaterThan(7 * 30);
  expect(look.mock.calls.length).toBeLessThan(7 * 33);
});

test('waits for a loop that is paused, however often the others come round', async () => {
  let looks = 0;
  const look = async () => ({ ...STILL, settled: (looks += 1) > 1000 });
  await expect(settle(loops({ paused: Infinity, fast: 1 }), look)).resolves.toMatchObject({ settled: true });
});

test('begins to count anew with each change', async () => {
  let looks = 0;
  const look = async () => ({ ...STILL, settled: (looks += 1) > 500, state: Math.floor(looks / 8) });
  await expect(settle(loops({ a: 1 }), look)).resolves.toMatchObject({ settled: true });
});

test('waits for what is always new, however often it changes', async () => {
  let looks = 0;
  const look = async () => ({ ...STILL, settled: (looks += 1) > 5000, state: looks });
  await expect(settle(loops({ a: 1 }), look)).resolves.toMatchObject({ settled: true });
});

test('gives up on what goes round in a circle', async () => {
  let looks = 0;
  await expect(settle(loops({ a: 1 }), async () => ({ ...STILL, state: (looks += 1) % 3 }))).resolves.toMatchObject({
    settled: false,
  });
  expect(looks).toBeLessThan(200);
});

test('waits for what has been put off', async () => {
  let looks = 0;
  const look = async () => ({ ...STILL, settled: (looks += 1) > 500, putOff: true });
  await expect(settle(loops({ a: 1 }), look)).resolves.toMatchObject({ settled: true });
});

test('blames the machine, and names the loop, when there is no progress for ten minutes', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (now += 10_000));
  const stuck = async () => ({ scheduler: loop(3, 'does not answer: timed out'), autoscaler: loop((now += 1)) });
  await expect(settle(stuck, async () => STILL)).rejects.toThrow(
    /^this machine made no progress for 600 s: no round of scheduler does not answer: timed out\. Its load is \S+ on \d+ cores, \S+ of \S+ GiB of memory free\. End other programs/,
  );
});

test('blames nobody as long as rounds are completed, however long they take', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (now += 100_000));
  await expect(settle(loops({ slow: 3 }), async () => STILL)).resolves.toMatchObject({ settled: false });
});
