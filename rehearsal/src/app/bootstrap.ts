import { setTimeout as sleep } from 'node:timers/promises';
import { callAws } from '../emulator/aws-api';
import { cdk, type AssembledStack, type CdkProps } from './cdk';
import { PROJECT } from '../folders';
import { executionPolicies, policyTemplate } from '../permissions/documents';
import { commonPrefix } from '../permissions/names';
import type { Report } from '../report/progress';

/**
 * Bootstraps every place of the stacks as the README does: CloudFormation may do what the execution policies say, and no more.
 * They are made for this project's own resource types: CloudFormation may do everything for another app, as `cdk bootstrap` has it.
 */
export const bootstrap = async (app: CdkProps, stacks: readonly AssembledStack[], report: Report): Promise<void> => {
  const places = new Set(stacks.map(({ account, region }) => `aws://${account}/${region}`));
  const name = `${commonPrefix(stacks.map((stack) => stack.name))}-execution-policy`;
  const policies =
    app.project === PROJECT ? ['--cloudformation-execution-policies', await makePolicies(app, name, stacks)] : [];
  await cdk(app, ['bootstrap', ...places, ...policies], report);
};

/** Makes the policies by their template; returns its output. */
const makePolicies = async (app: CdkProps, name: string, stacks: readonly AssembledStack[]) => {
  const ask = async (parameters: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Version: '2010-05-15', StackName: name, ...parameters });
    const called = { account: app.account, region: app.region, service: 'cloudformation' };
    const response = await callAws(app.endpoint, called, body);
    const answer = await response.text();
    if (!response.ok) throw new Error(`could not create the execution policies: ${answer}`);
    return answer;
  };
  await ask({
    Action: 'CreateStack',
    TemplateBody: JSON.stringify(policyTemplate(executionPolicies(stacks))),
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  });
  for (;;) {
    const answer = await ask({ Action: 'DescribeStacks' });
    const [, status = ''] = /<StackStatus>(\w+)</.exec(answer) ?? [];
    if (status === 'CREATE_COMPLETE') return /<OutputValue>([^<]+)</.exec(answer)![1]!;
    if (status !== 'CREATE_IN_PROGRESS')
      throw new Error(`creating the execution policies ended with ${status}: ${answer}`);
    await sleep(200);
  }
};
