import { check } from '../../doctor/check';
import { judge } from '../../doctor/examine';
import { isMissing, report } from '../../doctor/report';
import { Unanswered, why } from '../../doctor/why';
import { planWith } from '../../checks/doctor/plan';

const error = (name: string, message = '', more = {}) => Object.assign(new Error(message), { name, ...more });

describe('why AWS does not say', () => {
  test.each([
    ['no credentials', error('CredentialsProviderError', 'Could not load credentials'), /^there are no credentials/],
    ['an expired token of STS', error('ExpiredToken'), /^the credentials have expired/],
    ['an expired token of a JSON service', error('ExpiredTokenException'), /^the credentials have expired/],
    ['an expired session of EC2', error('RequestExpired'), /^the credentials have expired/],
    ['an unknown key', error('UnrecognizedClientException'), /^AWS rejects the credentials/],
    ['EC2 that knows no such key', error('AuthFailure'), /^AWS rejects the credentials/],
    ['no name server', error('Error', '', { code: 'ENOTFOUND' }), /^AWS does not answer/],
    [
      'no route, on every address',
      new AggregateError([error('Error', '', { code: 'ENETUNREACH' })]),
      /^AWS does not answer/,
    ],
    ['a time-out', error('TimeoutError'), /^AWS does not answer/],
    [
      'a cause behind it',
      error('Error', 'x', { cause: error('Error', '', { code: 'ECONNREFUSED' }) }),
      /^AWS does not answer/,
    ],
    [
      'a denied action of IAM',
      error('AccessDenied', 'User: u is not authorized to perform: iam:GetRole on resource: r'),
      /^the credentials do not allow iam:GetRole: give/,
    ],
    [
      'a denied action of EC2',
      error('UnauthorizedOperation', 'You are not authorized to perform this operation.'),
      /^the credentials do not allow the request: give/,
    ],
    ['a region that is off', error('OptInRequired'), /^the account has not enabled/],
    ['whatever else', error('Throttling', 'Rate exceeded\n    at x'), /^AWS answers Throttling: Rate exceeded$/],
    [
      'another one that does not answer',
      new Unanswered('the public DNS does not answer'),
      /^the public DNS does not answer$/,
    ],
  ])('%s', (_title, thrown, expected) => {
    expect(why(thrown)).toMatch(expected);
  });
});

const made = (title: string, find: () => []) => check({ title, source: '', facts: [], find });

const judged = (thrown: unknown) =>
  judge(planWith([]), { known: {}, unknown: {} }, [
    made('A', () => []),
    made('B', () => {
      throw thrown;
    }),
    made('C', () => []),
  ]);

describe('a check that fails on what AWS says', () => {
  test.each([
    ['an error of the program', new TypeError('x is undefined\n    at y'), 'TypeError: x is undefined'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['what is no error', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
  ])('is told with its reason, and the others are made: %s', (_title, thrown, reason) => {
    const results = judged(thrown);
    expect(results.map(({ title, unchecked }) => [title, unchecked])).toEqual([
      ['A', undefined],
      ['B', `the check does not understand the answer of AWS (${reason})`],
      ['C', undefined],
    ]);
    expect(results.some(isMissing)).toBe(false);
    expect(report('prod', results)).toMatch(
      /^Not checked, because the check does not understand the answer of AWS .*\n {2}\? B\nprod: nothing is missing \(2 checks\); 1 check was not made$/,
    );
  });
});

describe('the report', () => {
  const well = { title: 'A holds', misses: [] };

  test('is one line when all is well', () => {
    expect(report('prod', [well, well])).toBe('prod: nothing is missing (2 checks)');
  });

  test('has what is missing with its remedy, then what was not checked, by the reason', () => {
    const misses = [{ missing: 'No b.', remedy: 'make b' }];
    const results = [
      well,
      { title: 'B holds', misses },
      { title: 'C', misses: [], unchecked: 'of x' },
      { title: 'D', misses: [], unchecked: 'of x' },
    ];
    expect(report('prod', results).split('\n')).toEqual([
      'B holds',
      '  ✖ No b.',
      '    → make b',
      'Not checked, because of x:',
      '  ? C',
      '  ? D',
      'prod: 1 of 2 checks found something missing; 2 checks were not made',
    ]);
  });

  test('advice is told, and nothing is missing for it', () => {
    const misses = [{ missing: 'Few b.', remedy: 'more b', advice: true }];
    expect(report('prod', [{ title: 'B', misses }]).split('\n')).toEqual([
      'B',
      '  ! Few b.',
      '    → more b',
      'prod: nothing is missing (1 check)',
    ]);
  });
});
