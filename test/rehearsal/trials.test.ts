import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { trials, type Attempt } from '../../rehearsal/src/drills/trials';
import { fakeCluster } from './fake-cluster';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const run = (held: Readonly<Record<string, readonly object[]>>, more: readonly Attempt[] = []) => {
  const titles: string[] = [];
  const step = <T>(title: string, work: (report: () => void) => Promise<T>) => {
    titles.push(title);
    return work(() => {});
  };
  const cluster = fakeCluster(held);
  const nothing = { records: [], distributions: [], vpcOrigins: [], loadBalancers: [], targetGroups: [] };
  const emulator = { requestPath: async () => nothing } as unknown as Emulator;
  return { titles, done: trials({ step }, cluster, emulator, more, new AbortController().signal) };
};

test('each trial is a step, and says what it found', async () => {
  const { titles, done } = run({});
  expect((await done).map(([subject]) => subject)).toEqual([
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
  await expect(done).rejects.toThrow(/Namespace one is a tenant's.*\n {2}Namespace two is a tenant's/);
  expect(titles).toHaveLength(1);
});

test('what else is tried comes before what disturbs', async () => {
  const { done } = run({}, [['more', 'what is given', async () => ({ faults: [], line: 'held' })]]);
  const subjects = (await done).map(([subject]) => subject);
  expect(subjects.slice(2, 5)).toEqual(['requests', 'more', 'drains']);
});
