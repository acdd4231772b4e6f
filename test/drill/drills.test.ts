import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRILLS, release } from '../../checks/drill/drills';
import { callsOf } from '../../checks/drill/scene';

const ROOT = join(__dirname, '..', '..');

describe.each(DRILLS)('$title', ({ wanted = [], deployed = [], command }) => {
  test('changes texts that there are, once each', () => {
    const files = new Map<string, string>();
    for (const [file, text, instead] of [...release(1), ...wanted, ...deployed]) {
      const content = files.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
      expect([file, text, content.split(text).length - 1]).toEqual([file, text, 1]);
      files.set(file, content.replace(text, instead));
    }
  });

  test('has a command that the drill can type', () => {
    for (const { program, args } of callsOf(command)) {
      expect(['cdk', 'aws', 'kubectl']).toContain(program);
      expect(args.join(' ')).not.toContain('-c ENV');
    }
  });
});

test('a command has arguments, and the context of its synthesis', () => {
  expect(callsOf('aws s3 ls && npx cdk deploy --all -c env=dev -c applyAgain=1')).toEqual([
    { program: 'aws', args: ['s3', 'ls'], context: {} },
    { program: 'cdk', args: ['deploy', '--all'], context: { env: 'dev', applyAgain: '1' } },
  ]);
});

test('refuses commands of other programs', () => {
  for (const command of ['rm -r lib', 'npx aws s3 ls', 'cdk deploy'])
    expect(() => callsOf(command)).toThrow(`${command} is no call that a drill can make`);
});
