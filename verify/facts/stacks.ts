import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { Aws } from '../../doctor/aws';
import type { Json, PlannedStack } from '../../doctor/plan';
import { reader } from './reader';

/** A stack as CloudFormation has it. */
export interface DeployedStack {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

const stackOf = async (aws: Aws, { name, region }: PlannedStack): Promise<DeployedStack | undefined> => {
  try {
    const { Stacks = [] } = await aws
      .client(CloudFormationClient, region)
      .send(new DescribeStacksCommand({ StackName: name }));
    const [{ StackStatus = '', Outputs = [] } = {}] = Stacks;
    const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const);
    return { status: StackStatus, outputs: Object.fromEntries(outputs) };
  } catch (error) {
    if ((error as Error).name !== 'ValidationError' || !/does not exist/.test((error as Error).message)) throw error;
    return undefined;
  }
};

/** Each stack of the environment by its name; undefined where none is deployed. */
export const stacks = reader('CloudFormation', ['cloudformation:DescribeStacks'], async ({ aws }, target) => {
  const all = target.stacks.map(async (stack) => [stack.name, await stackOf(aws, stack)] as const);
  return Object.fromEntries(await Promise.all(all)) as Readonly<Record<string, DeployedStack | undefined>>;
});

/** The outputs of all stacks. */
export const outputs = reader(stacks.asks, stacks.actions, async (world, target) => {
  const all = await stacks.read(world, target);
  return Object.assign({}, ...Object.values(all).map((stack) => stack?.outputs)) as Readonly<Record<string, string>>;
});

/** The template of each stack that is deployed, by its name. */
export const templates = reader(
  'CloudFormation',
  ['cloudformation:GetTemplate', 'cloudformation:DescribeStacks'],
  async (world, target) => {
    const there = await stacks.read(world, target);
    const all = target.stacks
      .filter(({ name }) => there[name] !== undefined)
      .map(async ({ name, region }) => {
        const asked = new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' });
        const { TemplateBody = '{}' } = await world.aws.client(CloudFormationClient, region).send(asked);
        return [name, JSON.parse(TemplateBody)] as const;
      });
    return Object.fromEntries(await Promise.all(all)) as Readonly<Record<string, Json>>;
  },
);
