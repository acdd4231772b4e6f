import type { Stale } from '../../rehearsal/src/emulator/emulator';
import { staleReaders } from '../../rehearsal/src/steps/stale-readers';

const STALE: readonly Stale[] = [
  { stack: 'monitoring', kind: 'resource', logicalId: 'Alarm', properties: ['Dimensions', 'Metrics'] },
  { stack: 'edge', kind: 'output', logicalId: 'Url', properties: ['Value'] },
];

test('every reader of an old value is named, with its stack and what holds the value', async () => {
  const why = 'nothing has changed its template since, so it was not deployed again';
  expect(await staleReaders({ stale: () => Promise.resolve(STALE) })).toEqual([
    `the resource Alarm of the stack monitoring holds an old value of another stack in Dimensions, Metrics: ${why}`,
    `the output Url of the stack edge holds an old value of another stack in Value: ${why}`,
  ]);
});
