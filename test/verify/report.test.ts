import { exitCode, json, report } from '../../verify/report';

const well = { title: 'Well', findings: [] };
const wrong = { title: 'Wrong', findings: [{ what: 'It is off', remedy: 'turn it on' }] };
const unasked = { title: 'Silent', findings: [{ unasked: true, what: 'nobody answers', remedy: 'ask again' }] };

test.each([
  ['all is well', [well], 0],
  ['something is wrong', [well, wrong], 1],
  ['something is wrong, and something could not be asked', [unasked, wrong], 1],
  ['something could not be asked', [well, unasked], 2],
] as const)('exit code: %s', (_, results, code) => {
  expect(exitCode(results)).toBe(code);
});

test('a line for each check, and one for each finding with its remedy', () => {
  expect(report('dev', [well, wrong, unasked]).split('\n')).toEqual([
    '✔ Well',
    '✖ Wrong',
    '  It is off → turn it on',
    '? Silent',
    '  not asked, because nobody answers → ask again',
    'dev: of 3 checks, 1 well, 1 wrong, 1 not asked',
  ]);
});

test('the same for programs', () => {
  expect(JSON.parse(json('dev', [wrong]))).toEqual({
    environment: 'dev',
    exitCode: 1,
    checks: [{ title: 'Wrong', state: 'wrong', findings: [{ what: 'It is off', remedy: 'turn it on', asked: true }] }],
  });
});
