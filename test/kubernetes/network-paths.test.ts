import { grafanaWorkload, monitoringWorkloads, PATHS, platformWorkloads } from '../../lib/kubernetes/network-paths';

const workloads = [
  ...platformWorkloads({ sentry: true }),
  ...monitoringWorkloads(),
  grafanaWorkload({ isPublic: true }),
];

const groups = [...new Set(workloads.flatMap((workload) => workload.groups))];

test('every path has an end that the policies carry out, and a reason', () => {
  const ends = new Set<string>([
    'every pod',
    ...groups,
    ...workloads.map(({ name }) => name),
    'pods of tenants',
    'sandbox pods',
  ]);
  for (const { from, to, why } of PATHS) {
    expect([from, to, ends.has(from) || ends.has(to)]).toEqual([from, to, true]);
    expect(why).not.toBe('');
  }
});
