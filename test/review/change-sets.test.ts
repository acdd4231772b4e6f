import { stringify } from 'yaml';
import { existing, type Clients } from '../../review/gate/change-sets';

const template = {
  Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17' } } } },
};
const stack = {
  name: 'platform-prod-pipeline-support-us-east-1',
  path: 'Support',
  template,
  deployment: { account: '333333333333', region: 'us-east-1' },
};

/** An account in which the stack was deployed with a template of some text. */
const accountWith = (TemplateBody: string): Clients =>
  (() => ({
    send: async ({ constructor: { name } }: object) =>
      name === 'GetTemplateCommand' ? { TemplateBody } : { Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] },
  })) as unknown as Clients;

test.each([
  ['JSON', JSON.stringify(template)],
  ['YAML, as the CLI sends templates that are no assets', stringify(template)],
])('a template that was deployed as %s is the same', async (_, body) => {
  const held = await existing(accountWith(body), stack as unknown as Parameters<typeof existing>[1]);
  expect(held).toEqual({ template, parameters: [] });
});
