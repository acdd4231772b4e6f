import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { AssembledStack } from '../../rehearsal/src/app/cdk';
import { executionPolicies, policyTemplate } from '../../rehearsal/src/permissions/documents';
import { filled, statements, type Statement } from '../../rehearsal/src/permissions/statements';
import { at, generatedName, namings } from '../../rehearsal/src/provider/naming';
import { providerSchemas } from '../../rehearsal/src/provider/schemas';
import { SERVICE_LINKED_ROLES } from '../../rehearsal/src/provider/service-linked-roles';
import { stacksOf } from '../assemblies/synthesize';
import { WITH_EVERYTHING } from '../sample';
import { assembly, once, onceBuilds, oncePipeline, sample } from '../synth';
import { ENVIRONMENT_NAMES, pipeline } from '../fixtures';

const topLevel = (of: CloudAssembly) =>
  stacksOf(of).filter(({ name }) => of.stacks.some((one) => one.stackName === name));

const ASSEMBLIES: readonly (readonly [string, () => readonly AssembledStack[]])[] = [
  ...ENVIRONMENT_NAMES.map((name) => [name, () => stacksOf(assembly(name))] as const),
  ...pipeline.stages.map(
    ({ environment: name }) => [`the pipeline of ${name}`, () => topLevel(oncePipeline(name))] as const,
  ),
  ['the builds', () => stacksOf(onceBuilds())],
  // One role for all of it: the environment, its pipeline, and the builds beside the first one.
  ...pipeline.stages.map(
    ({ environment: name }, index) =>
      [
        `all that is deployed to the account of ${name}`,
        () => [
          ...stacksOf(assembly(name)),
          ...topLevel(oncePipeline(name)),
          ...(index === 0 ? stacksOf(onceBuilds()) : []),
        ],
      ] as const,
  ),
  ['the sample of production', () => stacksOf(sample('prod'))],
  ['the sample of development', () => stacksOf(sample('dev'))],
  ['production with every field that may be absent', () => stacksOf(once(WITH_EVERYTHING))],
];

const like = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);

/** Actions that a deployment needs beyond doubt, whatever the tables say. */
const NEEDED: readonly (readonly [type: string, actions: readonly string[]])[] = [
  [
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ['CreateLoadBalancer', 'DeleteLoadBalancer', 'ModifyLoadBalancerAttributes', 'AddTags', 'RemoveTags'].map(
      (action) => `elasticloadbalancing:${action}`,
    ),
  ],
  [
    'AWS::SecretsManager::RotationSchedule',
    ['cloudformation:CreateStack', 'cloudformation:DeleteStack', 'lambda:AddPermission', 's3:GetObject'],
  ],
  ['AWS::CodePipeline::Pipeline', ['codeconnections:PassConnection']],
];

describe.each(ASSEMBLIES)('the execution policies of %s', (_, stacks) => {
  test('fit into what IAM allows', () => {
    const policies = executionPolicies(stacks());
    expect(policies.length).toBeLessThanOrEqual(10);
    for (const { document } of policies) expect(JSON.stringify(document).length).toBeLessThanOrEqual(6144);
    const sids = policies.flatMap(({ document }) => document.Statement.map(({ Sid }) => Sid));
    expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).toEqual([]);
    expect(new Set(sids).size).toBe(sids.length);
    // The maximum that `aws cloudformation deploy` takes from a file.
    expect(JSON.stringify(policyTemplate(policies)).length).toBeLessThan(51_200);
  });

  test('allow no action by a wildcard, and nothing of IAM on everything', () => {
    const all = statements(stacks());
    expect(all.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const wide = all.filter(({ Resource }) => Resource.includes('*'));
    expect(wide.flatMap(({ Action }) => Action).filter((action) => /^(iam|sts):/.test(action))).toEqual(
      wide.some(({ Action }) => Action.includes('iam:ListRoles')) ? ['iam:ListRoles'] : [],
    );
    expect(wide.filter(({ Condition }) => !Condition?.StringEquals?.['aws:RequestedRegion'])).toEqual([]);
    expect(all.filter(({ Action, Resource }) => Action.length === 0 || Resource.length === 0)).toEqual([]);
  });

  test('change no user, no bootstrap role and no trail of CloudTrail', () => {
    const guarded = /^(iam:\w*(User|LoginProfile|AccessKey)|cloudtrail:(Stop|Delete|Update|Put)\w*|organizations:\w*)$/;
    const changes = /^iam:(Create|Delete|Update|Put|Attach|Detach|Tag)/;
    const all = statements(stacks());
    expect(all.flatMap(({ Action }) => Action).filter((action) => guarded.test(action))).toEqual([]);
    const changed = all
      .filter(({ Action }) => Action.some((action) => changes.test(action)))
      .flatMap(({ Resource }) => Resource);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((arn) => like(arn, 'arn:aws:iam::333333333333:role/cdk-hnb659fds-deploy-role'))).toEqual([]);
  });

  test('pass roles, link roles and attach policies only as the templates do', () => {
    const of = (action: string) => statements(stacks()).filter(({ Action }) => Action.includes(action));
    for (const action of ['iam:PassRole', 'iam:AttachRolePolicy', 'iam:CreateServiceLinkedRole'])
      for (const { Action, Resource, Condition } of of(action)) {
        expect(Action).toEqual([action]);
        expect(Resource.filter((arn) => arn.endsWith(':role/*'))).toEqual([]);
        expect(Object.keys(Object.values(Condition ?? {})[0] ?? {})).toEqual([
          {
            PassRole: 'iam:PassedToService',
            AttachRolePolicy: 'iam:PolicyARN',
            CreateServiceLinkedRole: 'iam:AWSServiceName',
          }[action.slice(4) as 'PassRole'],
        ]);
      }
    expect(JSON.stringify(statements(stacks()))).not.toContain('AdministratorAccess');
  });

  test.each(NEEDED)('where there is %s, allow what it needs', (type, actions) => {
    const all = statements(stacks());
    const there = stacks().some(({ template }) =>
      Object.values(template.Resources ?? {}).some((one) => one.Type === type),
    );
    const lacking = actions.filter((action) => !all.some((one) => one.Action.includes(action)));
    expect(there ? lacking : []).toEqual([]);
  });

  test('delete launch templates, which have no tags', () => {
    const deleting = statements(stacks()).filter(({ Action }) => Action.includes('ec2:DeleteLaunchTemplate'));
    expect(deleting.flatMap(({ Condition }) => Object.keys(Condition!.StringEquals!))).toEqual(
      deleting.map(() => 'aws:RequestedRegion'),
    );
  });

  test('allow what creates each resource, on its own ARN', () => {
    const { types, actions, resources } = providerSchemas();
    const all = statements(stacks());
    const lacking = stacks().flatMap(({ name, account, region, template }) =>
      Object.entries(template.Resources ?? {}).flatMap(([id, { Type, Properties }]) => {
        const naming = namings()[Type];
        const given = naming?.name === undefined ? undefined : at(Properties, naming.name);
        if (!naming || (given !== undefined && typeof given !== 'string')) return [];
        const own = (given ?? `${generatedName(naming, name, id)}0A1B2C`).replace(/^(alias\/|\/(?=cdk|CFN))/, '');
        return (types[Type]!.handlers.create ?? []).flatMap((action) =>
          naming.resources
            .filter((kind) => actions[action]?.includes(kind))
            .map((kind) => filled(resources[kind]!, { account, region, name: own, rest: 'any' }))
            .filter(
              (arn) => !all.some((one) => one.Action.includes(action) && one.Resource.some((to) => like(to, arn))),
            )
            .map((arn) => `${action} on ${arn}`),
        );
      }),
    );
    expect([...new Set(lacking)]).toEqual([]);
  });
});

const one = (template: AssembledStack['template']): readonly AssembledStack[] => [
  {
    name: 'platform-dev-one',
    id: 'One',
    account: '111111111111',
    region: 'eu-west-1',
    terminationProtection: false,
    template,
  },
];

test('the table of service-linked roles has every type that makes one, and no type that the extract lacks', () => {
  const listed = new Set(SERVICE_LINKED_ROLES.flatMap(({ neededBy }) => neededBy));
  const making = Object.entries(providerSchemas().types)
    .filter(([, { handlers }]) => Object.values(handlers).flat().includes('iam:CreateServiceLinkedRole'))
    .map(([type]) => type);
  expect(making.filter((type) => !listed.has(type))).toEqual([]);
  expect([...listed].filter((type) => !(type in providerSchemas().types))).toEqual([]);
});

test('what every handler calls is either allowed or left out for a reason', () => {
  const { types, actions, leftOut } = providerSchemas();
  const called = Object.values(types).flatMap(({ handlers }) => Object.values(handlers).flat());
  expect(called.filter((action) => action in actions === action in leftOut)).toEqual([]);
  expect(Object.values(leftOut).filter((reason) => reason === '')).toEqual([]);
});

test('a type that the extract of the registry lacks is refused, with the way out', () => {
  expect(() => statements(one({ Resources: { Stream: { Type: 'AWS::Kinesis::Stream' } } }))).toThrow(
    "the extract of CloudFormation's registry lacks AWS::Kinesis::Stream: run npm run provider-schemas",
  );
});

const wide = (count: number): readonly Statement[] =>
  Array.from({ length: count }, (_, index) => ({
    Sid: `S${index}`,
    Effect: 'Allow',
    Action: ['s3:GetObject'],
    Resource: [`arn:aws:s3:::${'a'.repeat(5000)}`],
  }));

test('eleven policies are refused, ten are not', () => {
  expect(executionPolicies(one({}), wide(10))).toHaveLength(10);
  expect(() => executionPolicies(one({}), wide(11))).toThrow('needs 11 managed policies, but a role takes 10');
});

test('a statement that no policy has room for is split', () => {
  const [statement] = wide(1) as [Statement];
  const Resource = Array.from({ length: 300 }, (_, index) => `arn:aws:s3:::bucket-with-a-long-name-${index}`);
  const policies = executionPolicies(one({}), [{ ...statement, Resource }]);
  const split = policies.flatMap(({ document }) => document.Statement);
  expect(split.length).toBeGreaterThan(1);
  expect(split.flatMap((part) => part.Resource).toSorted()).toEqual(Resource.toSorted());
});

test('names that begin alike become one pattern, and the environment of a tag limits deletions', () => {
  const topics = one({
    Resources: {
      A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'platform-dev-one-a' } },
      B: { Type: 'AWS::SNS::Topic' },
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { Tags: [{ Key: 'Environment', Value: 'development' }] } },
    },
  });
  const create = (action: string) => statements(topics).find(({ Action }) => Action.includes(action))!;
  expect(create('sns:CreateTopic').Resource).toEqual(['arn:aws:sns:eu-west-1:111111111111:platform-dev-one*']);
  expect(create('ec2:DeleteVpc').Condition?.StringEquals?.['aws:ResourceTag/Environment']).toBe('development');
  expect(create('ec2:CreateVpc').Condition?.StringEquals).not.toHaveProperty('aws:ResourceTag/Environment');
});
