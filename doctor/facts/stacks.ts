import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { Aws } from '../aws';
import { regionsOf, type Plan } from '../plan';
import { pages, reader, table } from './reader';

/** A resource that CloudFormation made. */
interface DeployedResource {
  readonly stack: string;
  readonly type: string;
  readonly logicalId: string;
  readonly id: string;
}

/** Deployed parts of the environment: names of its stacks, and their resources. */
export interface Deployed {
  readonly stacks: readonly string[];
  readonly resources: readonly DeployedResource[];
}

const read = async (aws: Aws, plan: Plan): Promise<Deployed> => {
  const there = await table(regionsOf(plan), (region) =>
    pages(
      (NextToken) => aws.client(CloudFormationClient, region).send(new ListStacksCommand({ NextToken })),
      (page) =>
        page.StackSummaries?.filter(
          ({ StackStatus = '' }) => !/^(DELETE_COMPLETE|REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE)$/.test(StackStatus),
        ).flatMap(({ StackName }) => StackName ?? []),
      (page) => page.NextToken,
    ),
  );
  const stacks = plan.stacks.filter(({ name, region }) => there[region]?.includes(name));
  const resources = stacks.map(({ name, region }) =>
    pages(
      (NextToken) =>
        aws.client(CloudFormationClient, region).send(new ListStackResourcesCommand({ StackName: name, NextToken })),
      (page) =>
        page.StackResourceSummaries?.map(({ ResourceType = '', LogicalResourceId = '', PhysicalResourceId = '' }) => ({
          stack: name,
          type: ResourceType,
          logicalId: LogicalResourceId,
          id: PhysicalResourceId,
        })),
      (page) => page.NextToken,
    ),
  );
  return { stacks: stacks.map(({ name }) => name), resources: (await Promise.all(resources)).flat() };
};

const once = new WeakMap<Aws, Promise<Deployed>>();

/** Deployed parts of the environment; asked once, because other facts begin with them. */
export const deployed = reader(['cloudformation:ListStacks', 'cloudformation:ListStackResources'], (aws, plan) => {
  const known = once.get(aws) ?? read(aws, plan);
  once.set(aws, known);
  return known;
});

/** The bootstrap stack of a region. */
export interface Bootstrap {
  readonly version: number;
  /** Accounts that may deploy through it. */
  readonly trusted: readonly string[];
}

/** Name that the CLI gives the bootstrap stack. */
const BOOTSTRAP_STACK = 'CDKToolkit';

/** The bootstrap stack of each region, where there is one. */
export const bootstraps = reader(['cloudformation:DescribeStacks'], (aws, plan) =>
  table(regionsOf(plan), async (region): Promise<Bootstrap | undefined> => {
    const asked = new DescribeStacksCommand({ StackName: BOOTSTRAP_STACK });
    const { Stacks = [] } = await aws
      .client(CloudFormationClient, region)
      .send(asked)
      .catch((error: Error) => {
        if (error.name !== 'ValidationError' || !/does not exist/.test(error.message)) throw error;
        return { Stacks: [] };
      });
    const [stack] = Stacks;
    return stack && bootstrap(stack);
  }),
);

const bootstrap = ({ Outputs = [], Parameters = [] }: Stack): Bootstrap => ({
  version: Number(Outputs.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue ?? 0),
  trusted: (Parameters.find(({ ParameterKey }) => ParameterKey === 'TrustedAccounts')?.ParameterValue ?? '')
    .split(',')
    .map((account) => account.trim())
    .filter((account) => account !== ''),
});
