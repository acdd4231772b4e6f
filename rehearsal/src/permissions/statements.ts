import type { AssembledStack } from '../app/cdk';
import { namings } from '../provider/naming';
import { providerSchemas } from '../provider/schemas';
import { SERVICE_LINKED_ROLES } from '../provider/service-linked-roles';
import { commonPrefix, namesOf, type Named } from './names';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The tag whose value tells the environments of an account apart. */
const TAG = 'Environment';

/** Global services answer in this region. */
const GLOBAL = 'us-east-1';

/** Where services answer that are in a few regions only, whatever region asks (AWS General Reference, "Service endpoints"). */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  chatbot: ['ap-southeast-1', 'eu-west-1', 'us-east-2', 'us-west-2'],
};

/**
 * The permissions that the role of CloudFormation needs to create, update and delete the resources of these stacks: the actions of
 * their types' handlers, on their names. Throws on a type that the extract of the registry lacks.
 */
export const statements = (stacks: readonly AssembledStack[]): readonly Statement[] => {
  const registry = providerSchemas();
  const named = namings();
  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources ?? {}));
  const types = [...new Set(resources.map(({ Type }) => (Type.startsWith('Custom::') ? 'Custom::' : Type)))].toSorted();
  const unknown = types.filter((type) => !registry.types[type] || !(type in named || type === 'Custom::'));
  if (unknown.length > 0)
    throw new Error(
      `the extract of CloudFormation's registry lacks ${unknown.join(', ')}: run npm run provider-schemas, and add their naming to ` +
        'rehearsal/src/provider/names.json',
    );
  const [account = ''] = new Set(stacks.map((stack) => stack.account));
  const regions = [...new Set([...stacks.map(({ region }) => region), GLOBAL])].toSorted();
  const names = namesOf(stacks, named);
  const here = { 'aws:RequestedRegion': regions };
  const arnsOf = (kind: string) => arns(registry.resources[kind]!, names.get(kind), account);
  const roles = arnsOf('iam:role');
  const policies = names.has('iam:policy') ? arnsOf('iam:policy') : [];

  const regionsOf = (action: string) => {
    const elsewhere = ELSEWHERE[action.slice(0, action.indexOf(':'))];
    return elsewhere ? { 'aws:RequestedRegion': elsewhere } : here;
  };

  const groups = new Map<string, Omit<Statement, 'Sid'> & { readonly Action: string[] }>();
  const allow = (action: string, Resource: readonly string[], Condition?: Statement['Condition']) => {
    const service = action.slice(0, action.indexOf(':'));
    const key = JSON.stringify([service, Resource, Condition]);
    const group = groups.get(key) ?? { Effect: 'Allow', Action: [], Resource, ...(Condition && { Condition }) };
    group.Action.push(action);
    groups.set(key, group);
  };

  const handlers = types.flatMap((type) => Object.values(registry.types[type]!.handlers).flat());
  for (const action of [...new Set(handlers)].toSorted()) {
    const on = registry.actions[action];
    if (!on || action === 'iam:CreateServiceLinkedRole') continue;
    if (on.length === 0) allow(action, ['*'], { StringEquals: regionsOf(action) });
    else if (action === 'iam:PassRole')
      allow(action, [...roles.filter(isOwn), ...passedToPipelines(stacks, account)], {
        StringEquals: { 'iam:PassedToService': trusted(stacks) },
      });
    else if (action === 'iam:AttachRolePolicy')
      allow(action, roles.filter(isOwn), { ArnEquals: { 'iam:PolicyARN': [...attached(stacks), ...policies] } });
    else if (action.startsWith('iam:') && action !== 'iam:GetRole') allow(action, on.flatMap(arnsOf).filter(isOwn));
    else if (action.startsWith('ec2:'))
      allow(action, ['*'], { StringEquals: isDeletion(action, on) ? { ...here, ...tagged(stacks) } : here });
    else allow(action, on.flatMap(arnsOf));
  }
  const linked = SERVICE_LINKED_ROLES.filter(({ neededBy }) => neededBy.some((type) => types.includes(type)))
    .map(({ service }) => service)
    .toSorted();
  if (linked.length > 0)
    allow(
      'iam:CreateServiceLinkedRole',
      roles.filter((role) => !isOwn(role)),
      {
        StringEquals: { 'iam:AWSServiceName': linked },
      },
    );
  // CloudFormation itself reads with the role: outputs of other stacks (Fn::GetStackOutput), the assets that the CDK CLI
  // has uploaded, and the version of the bootstrap stack.
  const prefix = commonPrefix(stacks.map(({ name }) => name));
  allow('cloudformation:DescribeStacks', [`arn:aws:cloudformation:*:${account}:stack/${prefix}*`]);
  for (const action of ['s3:GetObject', 's3:GetObjectVersion']) allow(action, ['arn:aws:s3:::cdk-*-assets-*/*']);
  if (types.includes('AWS::SecretsManager::RotationSchedule')) {
    // The template and the code of the function that the transform of Secrets Manager brings, in buckets of AWS, and its transform.
    allow('s3:GetObject', ['arn:aws:s3:::*'], { StringNotEquals: { 'aws:ResourceAccount': account } });
    allow('cloudformation:CreateChangeSet', ['arn:aws:cloudformation:*:aws:transform/*']);
  }
  allow('ssm:GetParameters', [`arn:aws:ssm:*:${account}:parameter/cdk-bootstrap/*`]);

  return [...groups.values()].map((group, index) => ({ Sid: sid(group.Action[0]!, index), ...group }));
};

const isOwn = (role: string) => !role.includes('aws-service-role');

/** The ARNs of a resource type of IAM: of what has these names, where it is. Any, if no template has one. */
const arns = (format: string, named: Named | undefined, account: string): readonly string[] => {
  const [region = '*', ...others] = named?.regions ?? [];
  return [...(named?.patterns ?? ['*'])]
    .toSorted()
    .map((name) => filled(format, { region: others.length > 0 ? '*' : region, account, name }));
};

/** Variables that stand before the name in the form of an ARN, and are not a part of it. */
const NO_NAMES = ['Scope', 'ConfigurationType'];

/** The form of an ARN with its variables filled in: the first one that is a name, then anything. */
export const filled = (
  format: string,
  { region, account, name, rest = '*' }: { region: string; account: string; name: string; rest?: string },
): string => {
  const fixed: Record<string, string> = { Partition: 'aws', Region: region, Account: account };
  for (const variable of NO_NAMES) fixed[variable] = rest;
  let used = false;
  const arn = format.replaceAll(/\$\{(\w+)\}/g, (_, variable: string) => {
    if (fixed[variable] !== undefined) return fixed[variable];
    const value = used ? rest : name;
    used = true;
    return value;
  });
  return rest === '*' ? arn.replace(/\*([/:]\*)+$/, '*') : arn;
};

/** The roles of bootstrap stacks in the account that the actions of pipelines take. */
const passedToPipelines = (stacks: readonly AssembledStack[], account: string): readonly string[] => {
  const pipelines = stacks
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .filter(({ Type }) => Type === 'AWS::CodePipeline::Pipeline')
    .map(({ Properties }) => JSON.stringify(Properties));
  const names = pipelines.flatMap((text) => [
    ...text.matchAll(new RegExp(`:iam::${account}:role/([\\w+=,.@/-]+)`, 'g')),
  ]);
  return [...new Set(names.map(([, name]) => `arn:aws:iam::${account}:role/${name}`))].toSorted();
};

/** The services that the roles of the templates trust, and so may be passed to. */
const trusted = (stacks: readonly AssembledStack[]): readonly string[] => {
  const documents = stacks
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => JSON.stringify(Properties?.AssumeRolePolicyDocument));
  return [...new Set(documents.flatMap((text) => text.match(/[a-z0-9.-]+\.amazonaws\.com/g) ?? []))].toSorted();
};

/** The managed policies of AWS that the roles of the templates have. */
const attached = (stacks: readonly AssembledStack[]): readonly string[] => {
  const lists = stacks
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .map(({ Properties }) => JSON.stringify(Properties?.ManagedPolicyArns ?? []));
  const names = lists.flatMap((text) =>
    [...text.matchAll(/iam::aws:(policy\/[\w/+=,.@-]+)/g)].map(([, name]) => name!),
  );
  return [...new Set(names)].toSorted().map((name) => `arn:aws:iam::aws:${name}`);
};

/** Launch templates are not among them, because they carry tags for the instances. */
const TAGGED_KINDS =
  /^ec2:(elastic-ip|internet-gateway|natgateway|route-table|security-group|subnet|vpc|vpc-endpoint|vpc-flow-log)$/;

/** Whether an action takes away things of which each has a tag from its creation on. */
const isDeletion = (action: string, kinds: readonly string[]) =>
  /^ec2:(Delete(?!Tags)|Detach|Release)/.test(action) &&
  kinds.length > 0 &&
  kinds.every((kind) => TAGGED_KINDS.test(kind));

/** The condition that a thing has the tag of the environment, if its templates give everything one. */
const tagged = (stacks: readonly AssembledStack[]) => {
  const values = new Set<string>();
  for (const { template } of stacks)
    for (const { Properties } of Object.values(template.Resources ?? {}))
      if (Array.isArray(Properties?.Tags))
        for (const { Key, Value } of Properties.Tags as { Key: string; Value: string }[])
          if (Key === TAG) values.add(Value);
  const [value] = values;
  return values.size === 1 && value !== undefined ? { [`aws:ResourceTag/${TAG}`]: value } : {};
};

/** Unique, and says the service: `Rds12`. */
const sid = (action: string, index: number) => {
  const [service = ''] = action.split(':');
  return `${service.charAt(0).toUpperCase()}${service.slice(1).replaceAll('-', '')}${index + 1}`;
};
