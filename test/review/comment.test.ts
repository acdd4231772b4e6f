import type { Json } from '../../review/assembly';
import { changes } from '../../review/changes';
import { comment } from '../../review/comment';
import { between, commentOn, configMap, manifest, stack, warned, type Resources } from './commented';

const database = (properties: Json = {}, more: Json = {}) => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: { AllocatedStorage: '20', StorageEncrypted: true, ...properties },
  DeletionPolicy: 'Snapshot',
  UpdateReplacePolicy: 'Snapshot',
  ...more,
});

const topic = (more: Json = {}) => ({ Type: 'AWS::SNS::Topic', ...more });

const network = (cidr: string) => ({
  Vpc12345678: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } },
  Gate12345678: {
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: { Ref: 'Vpc12345678' }, CidrBlock: '10.0.0.0/24' },
  },
});

/** Two custom resources of one provider. */
const provided = (ServiceToken: string): Resources =>
  Object.fromEntries(
    ['one', 'two'].map((name) => {
      const { Type, Properties } = manifest(configMap({}, name));
      return [name, { Type, Properties: { ...Properties, ServiceToken } }];
    }),
  );

test('no change is one sentence', () => {
  const before = { Db12345678: database(), Map: manifest(configMap({ a: '1' })) };
  expect(between(before, before)).toBe(
    '## What changes: `aaaaaaa` → `working tree`\n\nNothing changes in prod: neither resources nor Kubernetes objects.\n',
  );
});

test('an environment that does not change is told beside one that does', () => {
  const text = comment({ name: 'a' }, { name: 'b' }, [
    { name: 'dev', result: changes([], []) },
    { name: 'prod', result: changes([stack({})], [stack({ Db12345678: database() })]) },
  ]);
  expect(text).toContain('Nothing changes in dev.');
});

test('what changes in place has a row with old and new values, and no warning', () => {
  const text = between({ Db12345678: database() }, { Db12345678: database({ AllocatedStorage: '50' }) });
  expect(text).toContain('| changed | `Db` | `AWS::RDS::DBInstance` | `AllocatedStorage` `20 → 50` |');
  expect(warned(text)).toEqual([]);
});

test('what is replaced, or may be, is the first thing said', () => {
  const replaced = between({ Db12345678: database() }, { Db12345678: database({ StorageEncrypted: false }) });
  expect(warned(replaced)).toEqual([
    '> - **prod** `platform-prod-mysql: Db` (`AWS::RDS::DBInstance`) **will be replaced**, because `StorageEncrypted` changes; a final snapshot of the old one remains',
  ]);
  expect(replaced).toContain('| **will be replaced** | `Db` |');

  const perhaps = between({ Db12345678: database() }, { Db12345678: database({ BackupRetentionPeriod: 7 }) });
  expect(warned(perhaps)).toEqual([
    expect.stringContaining('**may be replaced**, because `BackupRetentionPeriod` changes'),
  ]);
  expect(perhaps).toContain('| **may be replaced** | `Db` |');
});

test('where CloudFormation and the CDK do not agree, it may be replaced', () => {
  const moved = between({ Db12345678: database({ Port: 3306 }) }, { Db12345678: database({ Port: 3307 }) });
  expect(warned(moved)).toEqual([expect.stringContaining('**may be replaced**, because `Port` changes')]);
});

test('what is replaced because something else is', () => {
  expect(warned(between(network('10.0.0.0/16'), network('10.1.0.0/16')))).toEqual([
    expect.stringMatching(/Vpc.*will be replaced.*the old one is deleted with everything in it/),
    expect.stringMatching(/Gate.*will be replaced/),
  ]);
});

test('the worst comes first, whatever its environment', () => {
  const [before, after] = ['a', 'b'].map((TopicName) => stack({ T: topic({ Properties: { TopicName } }) }));
  const text = comment({ name: 'a' }, { name: 'b' }, [
    { name: 'dev', result: changes([before!], [after!]) },
    { name: 'prod', result: changes([stack({ Db: database() })], [stack({})]) },
  ]);
  expect(warned(text)).toEqual([
    expect.stringMatching(/^> - \*\*prod\*\* .*is removed/),
    expect.stringMatching(/^> - \*\*dev\*\* .*will be replaced/),
  ]);
});

test.each([
  ['Retain', 'the old one stays in the account, and nothing manages it'],
  ['RetainExceptOnCreate', 'the old one stays in the account, and nothing manages it'],
  ['Snapshot', 'a final snapshot of the old one remains'],
  ['Delete', '**the old one is deleted with everything in it**'],
])('a database that is removed: %s', (DeletionPolicy, fate) => {
  expect(warned(between({ Db12345678: database({}, { DeletionPolicy }) }, {}))).toEqual([
    `> - **prod** \`platform-prod-mysql: Db\` (\`AWS::RDS::DBInstance\`) **is removed**; ${fate}`,
  ]);
});

test('what holds nothing can go without a warning', () => {
  const text = between({ Topic12345678: topic() }, {});
  expect(text).toContain('| removed | `Topic` | `AWS::SNS::Topic` |');
  expect(warned(text)).toEqual([]);
});

test('what was kept when it is removed, and no longer is', () => {
  const text = between({ Db12345678: database() }, { Db12345678: database({}, { DeletionPolicy: 'Delete' }) });
  expect(warned(text)).toEqual([expect.stringContaining('was retained when removed, and **no longer is**')]);
});

test('resources of which only the order changes share a row', () => {
  const ordered = topic({ DependsOn: ['C'] });
  const text = between({ A: topic(), B: topic() }, { A: ordered, B: ordered });
  expect(text).toContain('| changed | 2 |  | only `DependsOn` |');
});

test('a stack that comes', () => {
  expect(commentOn([], [stack({ Db12345678: database() })])).toContain(
    '**platform-prod-mysql** (the stack is added)\n\n|  | resource',
  );
});

test('a stack that leaves the app stays in the account', () => {
  expect(warned(commentOn([stack({ Db12345678: database() })], []))).toEqual([
    expect.stringContaining('`platform-prod-mysql` **leaves the app**, but no deployment deletes it'),
    expect.stringContaining('**is removed**'),
  ]);
});

const app = (DisplayName: Json) => stack({ A: topic({ Properties: { DisplayName } }) }, 'app');

describe('an export that another stack still imports', () => {
  const exporting = stack({ B: database() }, 'mysql', { Host: { Value: 'host', Export: { Name: 'host' } } });
  const importing = app({ 'Fn::ImportValue': 'host' });

  test('goes with its resource', () => {
    expect(warned(commentOn([exporting, importing], [stack({}), stack({}, 'app')]))).toContain(
      '> - **prod** `platform-prod-mysql` **cannot be deployed first**: as deployed, `platform-prod-app` still imports a value that it no longer exports',
    );
  });

  test('goes alone, with no resource', () => {
    expect(warned(commentOn([exporting, importing], [stack({ B: database() }), app('none')]))).toEqual([
      expect.stringMatching(/mysql` \*\*cannot be deployed first.*platform-prod-app/),
    ]);
  });
});

test('another provider of custom resources, which CloudFormation refuses', () => {
  expect(warned(between(provided('a'), provided('b')))).toEqual([
    '> - **prod** `platform-prod-mysql` **cannot be deployed**: CloudFormation refuses another `ServiceToken` of `one` and 1 more',
  ]);
});

test('permissions and firewall rules have tables of their own, with names for ids', () => {
  const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0', GroupId: { Ref: 'Group12345678' } };
  const group = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'a' } };
  const text = between(
    { Group12345678: group },
    { Group12345678: group, Rule12345678: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: rule } },
  );
  expect(text).toContain('<summary>Security of platform-prod-mysql: 1 firewall rules</summary>');
  expect(text).toContain('| `+` | `Group` | `In` | `TCP 22` | `Everyone (IPv4)` |');
});

test('values cannot break out of their table', () => {
  const [before, after] = ['a|b', '`c`\n| d'].map((DisplayName) => ({ T: topic({ Properties: { DisplayName } }) }));
  expect(between(before!, after!)).toContain(
    String.raw`| \`DisplayName\` \`\`a\|b → \`c\` \| d\`\` |`.replaceAll('\\`', '`'),
  );
});

test('an environment that does not synthesize has its error', () => {
  const text = comment({ name: 'a' }, { name: 'b' }, [
    { name: 'prod', result: { problem: 'Synthesis fails at a:', output: '-c env is "prod": choose dev' } },
  ]);
  expect(text).toContain('### prod\n\nSynthesis fails at a:\n\n```\n-c env is "prod": choose dev\n```\n');
});
