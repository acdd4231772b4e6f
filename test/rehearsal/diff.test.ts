import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdk, diff, type CdkProps } from '../../rehearsal/src/app/cdk';
import { PROJECT } from '../../rehearsal/src/folders';
import { fakeCloudFormation, type FakeStack } from './fake-cloudformation';

const DEPLOYED = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };
const CHANGED = { Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'new' } } } };
const REASON = 'Template error: resource Topic does not support attribute type Nothing';

/** Runs the real CLI on a cloud assembly of these stacks. Returns its message when it fails, and its requests to CloudFormation. */
const compare = async (stacks: readonly FakeStack[], command: (app: CdkProps) => Promise<string>) => {
  const folder = mkdtempSync(join(tmpdir(), 'platform-diff-'));
  const output = join(folder, 'cdk.out');
  mkdirSync(output);
  const artifacts = stacks.map(({ name, changeSet }) => {
    writeFileSync(join(output, `${name}.json`), JSON.stringify(changeSet === 'nothing changes' ? DEPLOYED : CHANGED));
    const properties = { templateFile: `${name}.json`, stackName: name, validateOnSynth: false };
    return [name, { type: 'aws:cloudformation:stack', environment: 'aws://111111111111/eu-central-1', properties }];
  });
  writeFileSync(
    join(output, 'manifest.json'),
    JSON.stringify({ version: '36.0.0', artifacts: Object.fromEntries(artifacts) }),
  );
  const aws = await fakeCloudFormation(DEPLOYED, stacks);
  try {
    const { signal } = new AbortController();
    const app = { project: PROJECT, context: {}, output, signal, account: '111111111111', region: 'eu-central-1' };
    const said = await command({ ...app, endpoint: aws.endpoint }).then(
      () => undefined,
      ({ message }: Error) => message,
    );
    return { said, asked: aws.asked };
  } finally {
    aws.close();
    rmSync(folder, { recursive: true });
  }
};

const same = (name: string): FakeStack => ({ name, changeSet: 'nothing changes' });
const comparison = (...stacks: FakeStack[]) => compare(stacks, (app) => diff(app, () => {}));

describe('the comparison with what is deployed', () => {
  test('passes when no change set has a change', async () => {
    expect((await comparison(same('first'), same('second'))).said).toBeUndefined();
  });

  test.each([
    ['CloudFormation refuses to make a change set', { refused: REASON }],
    ['a change set fails for another reason than that nothing changes', { failed: REASON }],
  ])('fails when %s, and names the stack and the reason', async (_, changeSet) => {
    const { said } = await comparison(same('first'), { name: 'second', changeSet }, same('third'));
    expect(said).toMatch(
      /^cdk diff --fail fails:\n {2}the stack second was not compared:\n {2}Could not create a change set/,
    );
    expect(said).toContain(REASON);
    expect(said).not.toMatch(/first|third|\.js:\d+/);
  });

  test('tells both when one stack differs and the change set of a later one is refused', async () => {
    const { said } = await comparison({ name: 'first', changeSet: 'a resource changes' }, same('second'), {
      name: 'third',
      changeSet: { refused: REASON },
    });
    expect(said).toMatch(/the stack third was not compared:[\s\S]*Stack first [\s\S]*DisplayName/);
    expect(said).toContain(REASON);
    expect(said).not.toContain('second');
  });

  test('fails for a stack that is not deployed, whose change set is refused', async () => {
    const { said } = await comparison(same('first'), { name: 'new', exists: false, changeSet: { failed: REASON } });
    expect(said).toContain('the stack new was not compared:');
    expect(said).toContain(REASON);
  });

  test('shows a stack that is not deployed as a difference, and leaves nothing of it behind', async () => {
    const { said, asked } = await comparison({ name: 'new', exists: false, changeSet: 'a resource changes' });
    expect(said).toMatch(/Stack new [\s\S]*AWS::SNS::Topic/);
    expect(asked).toContain('DeleteStack new');
  });
});

test('without a method, the CLI takes a stack whose change set is refused for compared', async () => {
  const { said } = await compare([{ name: 'only', changeSet: { refused: REASON } }], (app) =>
    cdk(app, ['diff'], () => {}),
  );
  expect(said).toBeUndefined();
});
