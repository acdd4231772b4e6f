import { CloudFormationClient, ListExportsCommand } from '@aws-sdk/client-cloudformation';
import { pages, table } from '../../doctor/facts/reader';
import { deployed } from '../../doctor/facts/stacks';
import { regionsOf, type Json, type PlannedStack } from '../../doctor/plan';
import type { Made } from '../drift/resolve';
import { reader } from './reader';
import { stacks, templates } from './stacks';

/** A stack that is deployed: its template there, which may be another one than that of this commit, and what it made of it. */
export interface DeployedTemplate {
  readonly stack: PlannedStack;
  readonly resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Json }>>;
  readonly made: Made;
}

/** The deployed templates of the environment. */
export const madeTemplates = reader(
  'CloudFormation',
  [...templates.actions, ...deployed.actions, 'cloudformation:ListExports'],
  async (world, target): Promise<readonly DeployedTemplate[]> => {
    const [there, known, { resources }, exports] = await Promise.all([
      templates.read(world, target),
      stacks.read(world, target),
      deployed.read(world.aws, target),
      table(regionsOf(target), async (region) =>
        Object.fromEntries(
          (
            await pages(
              (NextToken) => world.aws.client(CloudFormationClient, region).send(new ListExportsCommand({ NextToken })),
              (page) => page.Exports,
              (page) => page.NextToken,
            )
          ).map(({ Name = '', Value = '' }) => [Name, Value]),
        ),
      ),
    ]);
    const output: Made['output'] = (name, region, key) =>
      target.stacks.some((one) => one.name === name && one.region === region) ? known[name]?.outputs[key] : undefined;
    return target.stacks.flatMap((stack) => {
      const template = there[stack.name];
      if (template === undefined) return [];
      const own = resources.filter((one) => one.stack === stack.name);
      const made: Made = {
        stack: stack.name,
        account: target.account,
        region: stack.region,
        ids: Object.fromEntries(own.map(({ logicalId, id }) => [logicalId, id])),
        types: Object.fromEntries(own.map(({ logicalId, type }) => [logicalId, type])),
        exports: exports[stack.region] ?? {},
        output,
      };
      return [{ stack, resources: template.Resources ?? {}, made }];
    });
  },
);
