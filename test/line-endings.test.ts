import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sample } from './synth';

const ROOT = join(__dirname, '..');

/** `git ls-files --eol`: line endings in the index and in the working tree, attributes, and the file. A pipeline has no repository, so none. */
const filesOf = () =>
  !existsSync(join(ROOT, '.git'))
    ? []
    : execFileSync('git', ['ls-files', '--eol'], { cwd: ROOT, encoding: 'utf8' })
        .trimEnd()
        .split('\n')
        .map(
          (line) =>
            /^i\/(?<index>\S*)\s+w\/(?<tree>\S*)\s+attr\/(?<attributes>.*?)\s*\t(?<file>.+)$/.exec(line)!.groups!,
        );

const isSame = ({ index, tree, attributes }: Readonly<Record<string, string>>) =>
  index === '-text' || (!/crlf|mixed/.test(`${index} ${tree}`) && /\beol=lf\b/.test(attributes!));

test('every file has the same bytes in every checkout, whatever Git is told of line endings there', () => {
  const files = filesOf();
  expect(files.length > 500).toBe(existsSync(join(ROOT, '.git')));
  expect(files.filter((file) => !isSame(file))).toEqual([]);
});

test('no script that is deployed has the line endings of Windows, with which no shell runs it', () => {
  for (const { stackName, template } of sample('prod').stacks)
    expect([stackName, JSON.stringify(template).includes(String.raw`\r`)]).toEqual([stackName, false]);
});
