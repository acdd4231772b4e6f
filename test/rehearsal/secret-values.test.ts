import { matcher, secretValues } from '../../rehearsal/src/steps/secret-values';

const secret = (...values: (string | null)[]) => ({
  account: '1',
  region: 'r',
  name: 'db',
  arn: 'arn',
  deleted: false,
  versions: values.map((value, index) => ({ id: `${index}`, stages: [], value })),
});
const VALUE = `pa"s's\\ w&o<r>d/+~ü!`;
const found = (text: string | Buffer, value = VALUE) => matcher([{ secret: 'db', value }])(Buffer.from(text));

test('every version of a secret counts, once', () => {
  const values = secretValues([secret('one-value', null, 'other-value', 'one-value')]);
  expect(values).toEqual([
    { secret: 'db', value: 'one-value' },
    { secret: 'db', value: 'other-value' },
  ]);
});

test('JSON is taken apart, without what is public or short', () => {
  const value = { username: 'administrator', host: 'db.example.com', password: 'hidden-1', pin: '1234567', port: 3306 };
  const text = JSON.stringify({ ...value, nested: [{ token: 'hidden-2' }] });
  expect(secretValues([secret(text)]).map((each) => each.value)).toEqual(['hidden-1', 'hidden-2']);
});

test('a text that is a number in JSON is a value too', () => {
  expect(secretValues([secret('1234567890')])).toEqual([{ secret: 'db', value: '1234567890' }]);
});

test.each<[string, string]>([
  ['as it is', `before ${VALUE} after`],
  ['at the very beginning', VALUE],
  ['in JSON', JSON.stringify({ a: VALUE })],
  ['in JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: VALUE }) })],
  ['in a URL', `x?y=${encodeURIComponent(VALUE)}&z`],
  ['in a URL with small letters', encodeURIComponent(VALUE).replaceAll(/%../g, (escape) => escape.toLowerCase())],
  ['in a form', new URLSearchParams({ a: VALUE }).toString()],
  ['in XML', `<a>${VALUE.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</a>`],
  ['in Base64', Buffer.from(VALUE).toString('base64')],
  ['in Base64 after one byte', Buffer.from(`:${VALUE}more`).toString('base64')],
  ['in Base64 after two bytes', Buffer.from(`a:${VALUE}m`).toString('base64')],
  ['in Base64 after a user', `Basic ${Buffer.from(`admin:${VALUE}`).toString('base64')}`],
  ['in Base64 for URLs', Buffer.from(VALUE).toString('base64url')],
])('a value is found %s', (_, text) => {
  expect(found(text)).toEqual(['db']);
});

test('it is found among other bytes, and the secret is told once', () => {
  expect(found(Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(`${VALUE}${VALUE}`), Buffer.from([0xfe])]))).toEqual([
    'db',
  ]);
});

test('a part of it, or another one that begins alike, is not found', () => {
  expect(found(VALUE.slice(0, -1))).toEqual([]);
  expect(found('hidden-3', 'hidden-2')).toEqual([]);
  expect(found('')).toEqual([]);
});
