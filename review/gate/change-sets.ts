import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStacks,
  StackStatus,
  waitUntilChangeSetCreateComplete,
  type Change,
  type Parameter,
} from '@aws-sdk/client-cloudformation';
import { parse } from 'yaml';
import type { DeployedStack, Stack, Template } from '../assembly';
import { constructPath } from '../assembly';

/** CloudFormation's change set for the update of a stack. */
export interface ChangeSet {
  readonly stack: string;
  readonly changes: readonly ResourceUpdate[];
  /** Why CloudFormation could make none. */
  readonly problem?: string;
}

interface ResourceUpdate {
  readonly path: string;
  readonly type: string;
  readonly action: string;
  /** `True`, `False` or `Conditional`. @default - it is no modification */
  readonly replacement: string | undefined;
  /** Its fate when it is removed: `Delete`, `Retain`, `Snapshot`. @default - CloudFormation does not say */
  readonly policy?: string | undefined;
}

/** A stack as it is deployed. */
export interface Existing {
  readonly template: Template;
  readonly parameters: readonly Parameter[];
}

/** The stacks of an account whose names begin like those of an environment, whatever the app says of them. */
export const stacksLike = async (clients: Clients, prefix: string, regions: readonly string[]) => {
  const found: { readonly name: string; readonly region: string }[] = [];
  for (const region of regions)
    for await (const { StackSummaries = [] } of paginateListStacks(
      { client: clients(region) },
      { StackStatusFilter: LIVING },
    ))
      for (const { StackName = '' } of StackSummaries)
        if (StackName.startsWith(prefix)) found.push({ name: StackName, region });
  return found;
};

export type Clients = (region: string) => CloudFormationClient;

/**
 * The template of a stack as it was deployed, before transforms. The CLI sends YAML for a stack whose template is no asset (aws-cdk
 * 2.1148.1), such as the one that CDK Pipelines makes in another region.
 */
export const templateOf = async (client: CloudFormationClient, name: string): Promise<Template> => {
  const { TemplateBody: body = '{}' } = await client.send(
    new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
  );
  return body.trimStart().startsWith('{') ? JSON.parse(body) : parse(body);
};

/** A stack as it is deployed. Undefined: there is none. */
export const existing = async (
  clients: Clients,
  { name, deployment }: DeployedStack,
): Promise<Existing | undefined> => {
  const client = clients(deployment.region);
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (!stack || stack.StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
    return { template: await templateOf(client, name), parameters: stack.Parameters ?? [] };
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
};

const LIVING = Object.values(StackStatus).filter((status) => !/^(DELETE_COMPLETE|REVIEW_IN_PROGRESS)$/.test(status));

const MAX_WAIT = 900; // seconds

/** Makes a change set of a stack that exists, reads it and deletes it. `upload` gives the address of a template. */
export const changeSetOf = async (
  clients: Clients,
  stack: DeployedStack,
  { parameters, template: before }: Existing,
  name: string,
  upload: (stack: Stack) => Promise<string>,
): Promise<ChangeSet> => {
  const client = clients(stack.deployment.region);
  const named = { StackName: stack.name, ChangeSetName: name };
  const declared = Object.keys((stack.template as { Parameters?: object }).Parameters ?? {});
  await client.send(
    new CreateChangeSetCommand({
      ...named,
      ChangeSetType: 'UPDATE',
      TemplateURL: await upload(stack),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: parameters
        .filter(({ ParameterKey }) => declared.includes(ParameterKey!))
        .map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    }),
  );
  try {
    // It rejects a change set that failed, and does not say why: the description does.
    await waitUntilChangeSetCreateComplete({ client, maxWaitTime: MAX_WAIT, minDelay: 1, maxDelay: 5 }, named).catch(
      () => {},
    );
    const changes: Change[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new DescribeChangeSetCommand({ ...named, NextToken }));
      if (page.Status !== 'CREATE_COMPLETE') return failed(stack.name, page.StatusReason ?? `${page.Status}`);
      changes.push(...(page.Changes ?? []));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    const old = { ...stack, template: before };
    return { stack: stack.name, changes: changes.flatMap((change) => updateOf(change, stack, old)) };
  } finally {
    await client.send(new DeleteChangeSetCommand(named));
  }
};

/** Nothing to change is no failure: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html */
const failed = (stack: string, reason: string): ChangeSet =>
  /didn't contain changes|No updates are to be performed/.test(reason)
    ? { stack, changes: [] }
    : { stack, changes: [], problem: reason };

const updateOf = ({ ResourceChange: change }: Change, stack: Stack, old: Stack): readonly ResourceUpdate[] => {
  if (!change) return [];
  const { LogicalResourceId: id = '', ResourceType: type = '', Action: action = '', Replacement: replacement } = change;
  const { PolicyAction: policy } = change;
  const owner = stack.template.Resources?.[id] ? stack : old;
  return [{ path: constructPath(owner, id), type, action, replacement, policy }];
};
