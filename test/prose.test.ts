import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { scripts } from '../package.json';

const ROOT = join(__dirname, '..');

interface Message {
  readonly line: number;
  readonly message: string;
}

/** The messages of textlint about a page, as `npm run lint:prose` calls it. */
const linted = (text: string): readonly Message[] => {
  const [, options] = /textlint (.*?) README\.md/.exec(scripts['lint:prose'])!;
  const run = spawnSync(
    process.execPath,
    [
      'node_modules/textlint/bin/textlint.js',
      ...options!.split(' '),
      '-f',
      'json',
      '--stdin',
      '--stdin-filename',
      'page.md',
    ],
    { cwd: ROOT, encoding: 'utf8', input: text },
  );
  if (run.stderr) throw new Error(run.stderr);
  return (JSON.parse(run.stdout) as [{ messages: Message[] }])[0].messages;
};

const words = (count: number): string => `The ${'very '.repeat(count - 4)}slow stack deploys.`;

/** Paragraphs, list items and cells, and the beginning of the message that each has to get. */
const WRONG: readonly (readonly [text: string, told: RegExp])[] = [
  [words(26), /^26 words\. Split it: .*: The very .* deploys\.$/],
  [`- ${words(26)}`, /^26 words/],
  [`| ${words(27)} | x |\n|---|---|\n| ${words(26)} | x |`, /^2[67] words/],
  [`A short sentence. ${words(30).replace('very very', 'very\nvery')} Another one.`, /^30 words/],
  [`A ${'`code` '.repeat(24)}runs.`, /^26 words/],
  ['What runs outside of the cluster stays.', /^Begin with a noun/],
  ['It stops. Who comes next waits.', /^Begin with a noun/],
  ['It stops; what runs goes on.', /^Make a sentence of its own/],
  ['Push it first, for the nodes\nare slow.', /^Write "because"/],
  ['It stops; else it fails.', /^Write "otherwise"/],
  ['It has all but for one.', /^Write "except"/],
  ['It has nothing but one.', /^Write "only"/],
  ['Tell whoever asks.', /^Name the actor/],
  ['Every service at its most.', /^Write "maximum"/],
  ['CloudFormation takes the stack back.', /^Write "roll back"/],
  ['The topic is told.', /^Write "notify"/],
  ['A role with more rights.', /^Write "permissions"/],
  ['It names the way out.', /^Write "fix"/],
  ['The tear-down waits.', /^Write "teardown"/],
  ['A misspelt field.', /^Use American spelling/],
  ['A field is mended.', /^Write "fix"/],
  ['The id of a zone.', /^Write "ID"/],
];

const RIGHT: readonly string[] = [
  words(25),
  `A ${'`some code` '.repeat(22)}runs.`,
  '## What it does',
  'A message came: what now?',
  'See [What a rehearsal finds](x.md), and ask who has it.',
  'It waits, for example, for the pods, which are slow.',
  '`else`, `id` and `rights` are code.',
  '```sh\nwhoever\n```',
];

test('textlint names the line, the sentence and the fix of each fault of style, and of nothing else', () => {
  const page = [...WRONG.map(([text]) => text), ...RIGHT];
  const starts = page.map((_, index) => page.slice(0, index).join('\n\n').split('\n').length + (index === 0 ? 0 : 2));
  const found = linted(`${page.join('\n\n')}\n`);
  const told = page.map((text, index) => {
    const end = starts[index]! + text.split('\n').length;
    return found.filter(({ line }) => line >= starts[index]! && line < end).map(({ message }) => message);
  });
  expect(told.slice(0, WRONG.length)).toEqual(
    WRONG.map(([text, message]) => (text.startsWith('|') ? [1, 2] : [1]).map(() => expect.stringMatching(message))),
  );
  expect(told.slice(WRONG.length)).toEqual(RIGHT.map(() => []));
});

test('textlint reads every page', () => {
  expect(scripts['lint:prose']).toMatch(/ README\.md CONTRIBUTING\.md docs( |$)/);
});
