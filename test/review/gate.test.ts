import { stacksOf, type Stack } from '../../review/assembly';
import { changes } from '../../review/changes';
import type { ChangeSet } from '../../review/gate/change-sets';
import { losses, refusals } from '../../review/gate/gate';
import { replacedReleases } from '../../review/gate/live';
import { sample, type Json } from '../synth';

const stacks = stacksOf(sample('prod'));

/** Production as it would be after a change of the resources of one stack. */
const changed = (name: string, change: (resources: Record<string, Json>) => void): readonly Stack[] =>
  stacks.map((stack) => {
    if (stack.path !== `prod/${name}`) return stack;
    const template = structuredClone(stack.template) as Json;
    change(template.Resources);
    return { ...stack, template };
  });

const idOf = (resources: Record<string, Json>, type: string): string =>
  Object.keys(resources).find((id) => resources[id].Type === type)!;

const lost = (after: readonly Stack[], sets: readonly ChangeSet[] = []) => losses(changes(stacks, after), sets, stacks);

const replacedDatabase = changed('Mysql', (resources) => {
  resources[idOf(resources, 'AWS::RDS::DBInstance')].Properties.MasterUsername = 'another';
});

test('nothing is lost when nothing changes, or what changes holds no data', () => {
  expect(lost(stacks)).toEqual([]);
  const withoutAlarm = changed('Monitoring', (resources) => {
    delete resources[idOf(resources, 'AWS::CloudWatch::Alarm')];
  });
  expect(changes(stacks, withoutAlarm).stacks).toHaveLength(1);
  expect(lost(withoutAlarm)).toEqual([]);
});

test('a database that would be replaced is named as its commit has to name it', () => {
  expect(lost(replacedDatabase)).toEqual([
    { name: 'prod/Mysql/MysqlPrimary', type: 'AWS::RDS::DBInstance', fate: 'is replaced' },
  ]);
  expect(refusals(lost(replacedDatabase), 'Rename the user')).toEqual([
    'prod/Mysql/MysqlPrimary (AWS::RDS::DBInstance) is replaced. If that is meant, write in the message of the commit: ' +
      'Allow-Replacement: prod/Mysql/MysqlPrimary',
  ]);
});

test.each([
  ['alone', 'Allow-Replacement: prod/Mysql/MysqlPrimary'],
  ['in a message', 'Rename the user\n\nAllow-Replacement: prod/Mysql/MysqlPrimary\nReviewed-by: somebody'],
  [
    'as AWS gives it',
    '{"ProviderType":"GitHub","CommitMessage":"Rename\\n\\nAllow-Replacement: prod/Mysql/MysqlPrimary\\n"}',
  ],
  ['at the end of a sentence', 'Allow-Replacement: prod/Mysql/MysqlPrimary.'],
])('a commit that names it passes: %s', (_, message) => {
  expect(refusals(lost(replacedDatabase), message)).toEqual([]);
});

test.each([
  ['another resource', 'Allow-Replacement: prod/Redis/RedisGroup'],
  ['the same of another environment', 'Allow-Replacement: staging/Mysql/MysqlPrimary'],
  ['a part of its name', 'Allow-Replacement: prod/Mysql'],
  ['everything', 'Allow-Replacement: *'],
])('a commit that names %s does not', (_, message) => {
  expect(refusals(lost(replacedDatabase), message)).toHaveLength(1);
});

test('a name of another environment does not stop this one, for the same commit goes through both', () => {
  const message = 'Allow-Replacement: staging/Mysql/MysqlPrimary\nAllow-Replacement: prod/Mysql/MysqlPrimary';
  expect(refusals(lost(replacedDatabase), message)).toEqual([]);
  expect(refusals([], message)).toEqual([]);
});

test('a password that CloudFormation would generate anew is lost in place', () => {
  const after = changed('Secrets', (resources) => {
    const secret = Object.values(resources).find(({ Properties }) => Properties?.GenerateSecretString);
    secret.Properties.GenerateSecretString.PasswordLength = 99;
  });
  expect(lost(after)).toEqual([
    expect.objectContaining({ type: 'AWS::SecretsManager::Secret', fate: 'gets another value' }),
  ]);
});

const failed = (problem: string): readonly ChangeSet[] => [{ stack: 'platform-prod-mysql', changes: [], problem }];

test('a change set that could not be made stops the deployment, but for what an earlier stack will export', () => {
  expect(refusals([], '', failed('User is not authorized to perform: cloudformation:CreateChangeSet'))).toEqual([
    expect.stringMatching(/^platform-prod-mysql: CloudFormation could make no change set, .* not authorized/),
  ]);
  expect(refusals([], '', failed('No export named platform-prod-network:vpc found'))).toEqual([]);
});

test.each([
  ['Storage', 'AWS::S3::Bucket'],
  ['Mysql', 'AWS::KMS::Key'],
  ['Secrets', 'AWS::SecretsManager::Secret'],
  ['Images', 'AWS::ECR::Repository'],
])('what is removed from %s is a loss, and is said to stay where its policy keeps it: %s', (name, type) => {
  for (const [policy, fate] of [
    ['Delete', 'is deleted'],
    ['Snapshot', 'is deleted'],
    ['RetainExceptOnCreate', 'leaves its stack, and nothing manages it any longer'],
  ] as const) {
    const before = changed(name, (resources) => {
      resources[idOf(resources, type)].DeletionPolicy = policy;
    });
    const after = changed(name, (resources) => delete resources[idOf(resources, type)]);
    expect(losses(changes(before, after), [], stacks)).toContainEqual(expect.objectContaining({ type, fate }));
  }
  const found = lost(changed(name, (resources) => delete resources[idOf(resources, type)]));
  expect(found.every((one) => one.name.startsWith(`prod/${name}/`))).toBe(true);
});

test('a namespace that is removed takes everything in it along', () => {
  const after = changed('Tenants1', (resources) => {
    const id = Object.keys(resources).find((one) =>
      JSON.stringify(resources[one]).includes('\\"kind\\":\\"Namespace\\"'),
    );
    delete resources[id!];
  });
  expect(lost(after)).toContainEqual({
    name: 'cluster/Namespace-tenant-acme.yaml',
    type: 'Namespace',
    fate: 'is deleted',
  });
});

/** Production after a change of every Kubernetes object of the workloads, as text. */
const rewritten = (from: readonly Stack[], change: (manifest: string) => string): readonly Stack[] =>
  from.map((stack) => {
    if (stack.path !== 'prod/Workloads') return stack;
    const template = structuredClone(stack.template) as Json;
    for (const { Properties } of Object.values<Json>(template.Resources))
      if (Properties?.Manifest) Properties.Manifest = JSON.parse(change(JSON.stringify(Properties.Manifest)));
    return { ...stack, template };
  });

const image = (service: string) => (manifest: string) =>
  manifest.includes('\\"kind\\":\\"Deployment\\"') && manifest.includes(`\\"name\\":\\"${service}\\",\\"namespace\\"`)
    ? manifest.replaceAll(/sha256:0{64}/g, `sha256:${'1'.repeat(64)}`)
    : manifest;
const replaced = (before: readonly Stack[], after: readonly Stack[]) =>
  replacedReleases(before, changes(before, after));
const GATEWAY = 'platform-core/Deployment-api-gateway-blue.yaml';

test('another image of the color that users meet is refused, until the commit names its Deployment', () => {
  const found = replaced(stacks, rewritten(stacks, image('api-gateway-blue')));
  expect(found).toEqual([
    { name: GATEWAY, type: 'Deployment', fate: 'is the color that users meet, and gets another image' },
  ]);
  expect(refusals(found, '')).toEqual([expect.stringContaining(`Allow-Replacement: ${GATEWAY}`)]);
  expect(refusals(found, `Allow-Replacement: ${GATEWAY}`)).toEqual([]);
});

test.each([
  ['another image of a service without colors', image('auth-service')],
  [
    'another setting of the live color',
    (manifest: string) => manifest.replaceAll(/(terminationGracePeriodSeconds\\":)/g, '$11'),
  ],
])('%s is not', (_, change) => {
  const after = rewritten(stacks, change);
  expect(changes(stacks, after).objects).not.toEqual([]);
  expect(replaced(stacks, after)).toEqual([]);
});

test('of a switch, the color before is the one that users meet', () => {
  const green = rewritten(stacks, (manifest) =>
    /\\"kind\\":\\"Service\\".*\\"name\\":\\"api-gateway\\"/.test(manifest)
      ? manifest.replaceAll('\\"color\\":\\"blue\\"', '\\"color\\":\\"green\\"')
      : manifest,
  );
  expect(changes(stacks, green).objects).toHaveLength(1);
  expect(replaced(stacks, rewritten(green, image('api-gateway-blue')))).toHaveLength(1);
  expect(replaced(green, rewritten(green, image('api-gateway-blue')))).toEqual([]);
});

test('a stack that leaves the app loses nothing, because no deployment deletes it', () => {
  expect(lost(stacks.filter(({ path }) => path !== 'prod/Storage'))).toEqual([]);
});

const set = (update: object): readonly ChangeSet[] => [
  {
    stack: 'platform-prod-mysql',
    changes: [
      { path: 'MysqlPrimary', type: 'AWS::RDS::DBInstance', action: 'Modify', replacement: 'False', ...update },
    ],
  },
];

describe('a change set of CloudFormation', () => {
  test.each([
    [{ replacement: 'True' }, 'is replaced'],
    [{ replacement: 'Conditional' }, 'may be replaced'],
    [{ action: 'Remove', replacement: undefined }, 'is deleted'],
  ])('is believed where templates say nothing: %j', (update, fate) => {
    expect(lost(stacks, set(update))).toEqual([
      { name: 'prod/Mysql/MysqlPrimary', type: 'AWS::RDS::DBInstance', fate },
    ]);
  });

  test('does not repeat what templates say', () => {
    expect(lost(replacedDatabase, set({ replacement: 'True' }))).toHaveLength(1);
  });

  test('loses nothing in a change in place, or of what holds no data', () => {
    expect(lost(stacks, set({}))).toEqual([]);
    expect(lost(stacks, set({ type: 'AWS::RDS::DBParameterGroup', replacement: 'True' }))).toEqual([]);
  });
});
