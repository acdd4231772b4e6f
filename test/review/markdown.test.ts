import { assemble, code, codeBlock, type Block } from '../../review/markdown';

test.each([
  ['plain', '`plain`'],
  ['a `b` c', '``a `b` c``'],
  ['`all`', '`` `all` ``'],
  ['one | two', String.raw`${'`'}one \| two${'`'}`],
  ['two\n  lines', '`two lines`'],
  ['', ''],
])('code of %p', (text, expected) => expect(code(text)).toBe(expected));

test('a block of code that holds a fence has a longer one', () => {
  expect(codeBlock('diff', '+```sh\n+ls\n+```\n')).toBe('````diff\n+```sh\n+ls\n+```\n````');
});

const block = (rank: number, name: string, rows: number): Block => ({
  rank,
  head: `head of ${name}`,
  rows: Array.from({ length: rows }, (_, at) => `${name} ${at} ${'x'.repeat(90)}`),
  tail: `\ntail of ${name}`,
  what: name,
});

describe('a comment that would be too long', () => {
  const diffs = block(4, 'diffs', 40);
  const tables = block(2, 'tables', 10);
  const warnings = block(0, 'warnings', 5);
  const short = (limit: number) => assemble('## Title', [diffs, tables, warnings], limit, 'Advice.');

  test('is whole while it fits', () => {
    expect(short(10_000)).not.toContain('left out');
    expect(short(10_000)).not.toContain('[!NOTE]');
  });

  test.each([900, 1500, 2500, 4000, 5500])('has no more than %p characters, and says what is missing', (limit) => {
    const text = short(limit);
    expect(text.length).toBeLessThanOrEqual(limit);
    const kept = (name: string) => text.split('\n').filter((line) => line.startsWith(`${name} `)).length;
    const [, missing] = /Left out: .*?(\d+) diffs/.exec(text)!;
    expect(kept('diffs') + Number(missing)).toBe(40);
  });

  test('keeps the warnings before the note, then tables, then diffs', () => {
    const text = short(2500);
    for (const at of [0, 1, 2, 3, 4]) expect(text).toContain(`warnings ${at} `);
    for (const at of [0, 9]) expect(text).toContain(`tables ${at} `);
    expect(text).not.toContain('diffs 39 ');
    expect(text.indexOf('warnings 4')).toBeLessThan(text.indexOf('[!NOTE]'));
    expect(text.indexOf('[!NOTE]')).toBeLessThan(text.indexOf('tables 0'));
    expect(text).toContain('A comment holds 2,500 characters.');
  });

  test('has room for the heads of many parts', () => {
    const many = Array.from({ length: 50 }, (_, at) => ({ ...block(2, `part ${at}`, 3), head: 'h'.repeat(100) }));
    const text = assemble('', many, 8000, '');
    expect(text.length).toBeLessThanOrEqual(8000);
    expect(text).toContain('part 9 ');
  });

  test('leaves out one row that is too long, not those after it', () => {
    const text = assemble('', [{ ...diffs, rows: ['x'.repeat(5000), 'short'] }], 2000, '');
    expect(text).toContain('short');
    expect(text).toContain('1 more diffs are left out');
  });
});
