import type { Drill } from '../../rehearsal/src/drills/drills';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { lifeOf, live } from '../../rehearsal/src/life';
import type { Life } from '../../rehearsal/src/state';
import { fakeCluster } from './fake-cluster';

jest.mock('get-port', () => ({})); // an ES module, for starting the emulator
jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const NOTHING = { records: [], distributions: [], vpcOrigins: [], loadBalancers: [], targetGroups: [] };
const [first, last] = ['compare stored objects', 'nothing is missing afterwards'];

/** The drills on a cluster, as they are in the life of an environment. */
const run = (held: Readonly<Record<string, readonly object[]>>, drills: readonly Drill[] = []) => {
  const titles: string[] = [];
  const life = {
    cluster: fakeCluster(held),
    aws: { requestPath: async () => NOTHING } as unknown as Emulator,
    signal: new AbortController().signal,
    tried: [],
    props: { drills },
    steps: {
      step: <T>(title: string, work: (report: () => void) => Promise<T>) => {
        titles.push(title);
        return work(() => {});
      },
    },
  } as unknown as Life;
  const steps = lifeOf({ drills });
  const at = (title: string) => steps.findIndex((step) => step.title === title);
  const done = live(life, steps.slice(at(first) + 1, at(last)));
  return { titles, done, life };
};

test('each drill is a step, and says what it found', async () => {
  const { titles, done, life } = run({});
  await done;
  expect(life.tried.map(([subject]) => subject)).toEqual([
    'policies',
    'tenants',
    'requests',
    'drains',
    'zones',
    'surge',
  ]);
  expect(titles).toHaveLength(6);
});

test('ends at the first that finds a fault, with all that it found', async () => {
  const metadata = { labels: { 'pod-security.kubernetes.io/enforce': 'privileged', 'tenant-id': 'a' } };
  const namespaces = ['one', 'two'].map((name) => ({ metadata: { name, ...metadata } }));
  const { titles, done } = run({ namespaces });
  await expect(done).rejects.toThrow(/Namespace one .*\n {2}Namespace two /);
  expect(titles).toHaveLength(1);
});

test('further drills come before those that disturb', async () => {
  const { done, life } = run({}, [['more', 'what is given', async () => ({ faults: [], line: 'held' })]]);
  await done;
  expect(life.tried.map(([subject]) => subject).slice(2, 5)).toEqual(['requests', 'more', 'drains']);
});
