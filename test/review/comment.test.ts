import type { Json, Stack, Template } from '../../review/assembly';
import { changes } from '../../review/changes';
import { comment } from '../../review/comment';

type Resources = Record<string, Json>;

const stack = (resources: Resources, name = 'mysql', outputs: Template['Outputs'] = {}): Stack => ({
  name: `platform-prod-${name}`,
  path: `prod/${name}`,
  template: {
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, value]) => [
        id,
        { Metadata: { 'aws:cdk:path': `prod/${name}/${id.replace(/[0-9A-F]{8}$/, '')}/Resource` }, ...value },
      ]),
    ),
    Outputs: outputs,
  },
});

const database = (properties: Json = {}, more: Json = {}) => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: { AllocatedStorage: '20', StorageEncrypted: true, ...properties },
  DeletionPolicy: 'Snapshot',
  UpdateReplacePolicy: 'Snapshot',
  ...more,
});

const manifest = (...objects: Json[]) => ({
  Type: 'Custom::AWSCDK-EKS-KubernetesResource',
  Properties: { Manifest: JSON.stringify(objects), ClusterName: 'platform-prod' },
});

const topic = (more: Json = {}) => ({ Type: 'AWS::SNS::Topic', ...more });

const network = (cidr: string) => ({
  Vpc12345678: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } },
  Gate12345678: {
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: { Ref: 'Vpc12345678' }, CidrBlock: '10.0.0.0/24' },
  },
});

const configMap = (data: Json, name = 'settings') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'core' },
  data,
});

const ofNamespace = (name: string) => manifest({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const job = (hash: string) => manifest({ ...configMap({ a: hash }, `run-${hash}`), kind: 'Job' });

/** Two custom resources of one provider. */
const provided = (ServiceToken: string): Resources =>
  Object.fromEntries(
    ['one', 'two'].map((name) => {
      const { Type, Properties } = manifest(configMap({}, name));
      return [name, { Type, Properties: { ...Properties, ServiceToken } }];
    }),
  );

/** The comment on a change of production from some stacks to others. */
const commentOn = (before: readonly Stack[], after: readonly Stack[]) =>
  comment({ name: 'aaaaaaa', commit: 'a' }, { name: 'working tree' }, [
    { name: 'prod', result: changes(before, after) },
  ]);

const between = (before: Resources, after: Resources) => commentOn([stack(before)], [stack(after)]);

const warned = (text: string) => text.split('\n').filter((line) => line.startsWith('> - '));

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

const nodes = (MaxSize: number) => ({
  Nodes: { Type: 'AWS::EKS::Nodegroup', Properties: { ScalingConfig: { MinSize: 3, MaxSize, DesiredSize: 3 } } },
});

test('of a property that is an object, what differs in it is told', () => {
  expect(between(nodes(20), nodes(24))).toContain('| `ScalingConfig` `MaxSize: 20 → 24` |');
});

/** Two node groups behind a launch template. */
const groups = (properties: Json, data: Json = {}): Resources => ({
  Template12345678: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { ImageId: 'a', ...data } } },
  ...Object.fromEntries(
    ['One', 'Two'].map((id) => [
      id,
      {
        Type: 'AWS::EKS::Nodegroup',
        Properties: { LaunchTemplate: { Id: { Ref: 'Template12345678' } }, Version: '1.35', ...properties },
      },
    ]),
  ),
});

const REFUSED = 'cannot be deployed';
const ROLLED = 'replaces every node';

test.each<[string, Json, Json, readonly string[]]>([
  ['labels and taints', { Labels: { a: 'b' }, Taints: [{ Key: 'a' }] }, {}, []],
  ['labels and tags', { Labels: { a: 'b' }, Tags: { a: 'b' } }, {}, []],
  ['a version and a release of it', { Version: '1.36', ReleaseVersion: '1.36.1-20260101' }, {}, [ROLLED]],
  ['a release and labels', { ReleaseVersion: '1.36.1-20260101', Labels: { a: 'b' } }, {}, [REFUSED, ROLLED]],
  ['a version and tags', { Version: '1.36', Tags: { a: 'b' } }, {}, [REFUSED, ROLLED]],
  ['the launch template', {}, { ImageId: 'b' }, [ROLLED]],
  ['the launch template and tags', { Tags: { a: 'b' } }, { ImageId: 'b' }, [REFUSED, ROLLED]],
  ['the launch template and a release', { ReleaseVersion: '1.35.1-20260101' }, { ImageId: 'b' }, [REFUSED, ROLLED]],
  ['another group', { InstanceTypes: ['m5.large'], Version: '1.36', Tags: { a: 'b' } }, {}, ['will be replaced']],
])('of a node group: %s', (_, properties, data, told) => {
  expect(warned(between(groups({}), groups(properties, data))).filter((line) => !/Two`/.test(line))).toEqual(
    told.map((words) => expect.stringContaining(words)),
  );
});

const sized = (MaxSize: number, more: Json = {}) => groups({ ScalingConfig: { MinSize: 3, MaxSize, ...more } });

test('a number of nodes that goes along with other sizes is told, and none that is left out', () => {
  expect(warned(between(sized(20, { DesiredSize: 3 }), sized(24, { DesiredSize: 3 })))).toEqual([
    '> - **prod** `platform-prod-mysql` **sets the number of nodes** of `One` and 1 more and terminates those beyond it, because `DesiredSize` goes ' +
      'along with a change of sizes. Fill in `deployed.nodeGroups` first',
  ]);
  expect(warned(between(sized(20, { DesiredSize: 3 }), sized(24)))).toEqual([]);
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

test('an export that another stack still imports', () => {
  const outputs = { Host: { Value: 'host', Export: { Name: 'host' } } };
  const user = stack({ A: topic({ Properties: { TopicName: { 'Fn::ImportValue': 'host' } } }) }, 'app');
  const text = commentOn([stack({ B: database() }, 'mysql', outputs), user], [stack({}), stack({}, 'app')]);
  expect(warned(text)).toContain(
    '> - **prod** `platform-prod-mysql` **cannot be deployed first**: as deployed, `platform-prod-app` still imports a value that it no longer exports',
  );
});

test('an export that goes alone, with no resource', () => {
  const outputs = { Host: { Value: 'host', Export: { Name: 'host' } } };
  const user = (DisplayName: Json) => stack({ A: topic({ Properties: { DisplayName } }) }, 'app');
  const text = commentOn(
    [stack({ B: database() }, 'mysql', outputs), user({ 'Fn::ImportValue': 'host' })],
    [stack({ B: database() }), user('none')],
  );
  expect(warned(text)).toEqual([expect.stringMatching(/mysql` \*\*cannot be deployed first.*platform-prod-app/)]);
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

describe('Kubernetes objects', () => {
  test('are a diff of YAML, and no row with a long string', () => {
    const text = between(
      { Map: manifest(configMap({ a: '1', b: 'x' })) },
      { Map: manifest(configMap({ a: '2', b: 'x' })) },
    );
    expect(text).toContain('<details><summary>Kubernetes objects: 1 changed</summary>');
    expect(text).toContain('`core/ConfigMap-settings.yaml` changed\n```diff\n@@');
    expect(text).toContain('-  a: "1"\n+  a: "2"\n   b: x\n```');
    expect(text).not.toContain('Manifest');
    expect(text).not.toContain('|---|');
  });

  test('with another cluster are a row', () => {
    const other = manifest(configMap({}));
    other.Properties.ClusterName = 'another';
    expect(between({ Map: manifest(configMap({})) }, { Map: other })).toContain(
      '`ClusterName` `platform-prod → another` |',
    );
  });

  test('are compared with their predecessor where they are Jobs, whose names end in a hash', () => {
    const text = between({ Run: job('0000aaaa') }, { Run: job('1111bbbb') });
    expect(text).toContain('`core/Job-run-0000aaaa.yaml` → `core/Job-run-1111bbbb.yaml`\n```diff');
    expect(text).toContain('Kubernetes objects: 1 changed');
  });

  test('are not taken for one another where their own names end like a hash', () => {
    const other = ofNamespace('tenant-20260102');
    const deleted = [expect.stringContaining('`cluster/Namespace-tenant-20260101.yaml` **is deleted**')];
    expect(warned(between({ A: ofNamespace('tenant-20260101'), B: other }, { B: other }))).toEqual(deleted);
    expect(warned(between({ A: ofNamespace('tenant-20260101') }, { B: other }))).toEqual(deleted);
  });

  test('that another resource applies are deleted, says a warning', () => {
    expect(warned(between({ Map: manifest(configMap({})) }, { Other: manifest(configMap({})) }))).toEqual([
      '> - **prod** `core/ConfigMap-settings.yaml` **is deleted** from the cluster, because another resource applies it and the old one is removed',
    ]);
  });

  test('that hold others are not deleted in silence', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'core' } };
    expect(warned(between({ Map: manifest(namespace, configMap({})) }, { Map: manifest(configMap({})) }))).toEqual([
      '> - **prod** `cluster/Namespace-core.yaml` **is deleted** from the cluster with everything that belongs to it',
    ]);
  });
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
