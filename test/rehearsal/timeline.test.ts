import { spawnSync } from 'node:child_process';
import { cpuSeconds, resourceSpans, type StackEvent } from '../../rehearsal/src/report/timeline';

const event = (logicalId: string, status: string, time: number): StackEvent => ({
  stack: 'shop',
  logicalId,
  type: 'AWS::EC2::VPC',
  status,
  time,
});

test('says when CloudFormation began with a resource, how long it took, and with what', () => {
  const events = [
    event('Vpc', 'CREATE_IN_PROGRESS', 11_000),
    event('Key', 'CREATE_IN_PROGRESS', 11_500),
    event('Vpc', 'CREATE_COMPLETE', 12_000),
    event('Key', 'CREATE_FAILED', 12_250),
    event('Vpc', 'DELETE_IN_PROGRESS', 20_000),
    event('Vpc', 'DELETE_COMPLETE', 23_000),
  ];
  const span = { stack: 'shop', type: 'AWS::EC2::VPC', action: 'CREATE' };
  expect(resourceSpans(events, 10_000)).toEqual([
    { ...span, title: 'Vpc', start: 1, seconds: 1 },
    { ...span, title: 'Key', start: 1.5, seconds: 0.75 },
    { ...span, title: 'Vpc', start: 10, seconds: 3, action: 'DELETE' },
  ]);
});

test('leaves out what has no beginning or no end', () => {
  const ends = [
    event('Vpc', 'DELETE_SKIPPED', 1),
    event('Vpc', 'CREATE_COMPLETE', 2),
    event('Key', 'CREATE_IN_PROGRESS', 3),
  ];
  expect(resourceSpans(ends, 0)).toEqual([]);
});

test('the CPU of programs that have ended counts', () => {
  const before = cpuSeconds();
  spawnSync(process.execPath, [
    '-e',
    'for (const end = process.cpuUsage().user + 1e5; process.cpuUsage().user < end; );',
  ]);
  expect(cpuSeconds() - before).toBeGreaterThanOrEqual(process.platform === 'linux' ? 0.05 : 0);
});
