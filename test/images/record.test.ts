import { record } from '../../images/record';
import type { Crane } from '../../images/crane';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const crane: Crane = {
  digest: async (reference) => ({ 'quay.io/b:1': digest('1'), 'docker.io/a:2': digest('2') })[reference],
  copy: async () => {},
};

test('records what is not known, sorted, and keeps what is the same', async () => {
  const images = [
    { source: 'quay.io/b', tag: '1' },
    { source: 'docker.io/a', tag: '2', digest: digest('2') },
  ];
  const { digests, problems } = await record(images, crane, 'digests.json');
  expect([Object.entries(digests), problems]).toEqual([
    [
      ['docker.io/a:2', digest('2')],
      ['quay.io/b:1', digest('1')],
    ],
    [],
  ]);
});

test('keeps a digest whose tag is another image now, and says so', async () => {
  const images = [{ source: 'quay.io/b', tag: '1', digest: digest('0') }];
  expect(await record(images, crane, 'digests.json')).toEqual({
    digests: { 'quay.io/b:1': digest('0') },
    problems: [
      `quay.io/b:1 is ${digest('1')}, but was ${digest('0')} when it was recorded. If its publisher says why, remove the line from digests.json, and run this again`,
    ],
  });
});

test('names a tag that does not exist', async () => {
  expect(await record([{ source: 'quay.io/b', tag: '3' }], crane, 'digests.json')).toEqual({
    digests: {},
    problems: ['quay.io/b:3 does not exist'],
  });
});
