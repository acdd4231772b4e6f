import type { AssembledStack } from '../app/cdk';
import { commonPrefix } from './names';
import { statements, type Statement } from './statements';

/** A managed policy. */
export interface ExecutionPolicy {
  readonly name: string;
  readonly document: { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] };
}

/** Characters of a managed policy, without white space, and managed policies of a role (quotas of IAM). */
const CHARACTERS = 6144;
const POLICIES = 10;

const size = (statement: Statement) => JSON.stringify(statement).length + 1;
const EMPTY = JSON.stringify({ Version: '2012-10-17', Statement: [] }).length;

const room = (of: readonly Statement[]) => CHARACTERS - EMPTY - of.reduce((sum, one) => sum + size(one), 0);

/** The value of `cdk bootstrap --cloudformation-execution-policies`: the statements in as few managed policies as IAM's quotas allow. */
export const executionPolicies = (
  stacks: readonly AssembledStack[],
  all: readonly Statement[] = statements(stacks),
): readonly ExecutionPolicy[] => {
  const prefix = commonPrefix(stacks.map(({ name }) => name));
  const policies: Statement[][] = [];
  for (const statement of all.flatMap(halved).toSorted((one, another) => size(another) - size(one))) {
    const fitting = policies.find((policy) => room(policy) >= size(statement));
    if (fitting) fitting.push(statement);
    else policies.push([statement]);
  }
  if (policies.length > POLICIES)
    throw new Error(
      `${prefix} needs ${policies.length} managed policies, but a role takes ${POLICIES}: give resources names that ` +
        'begin alike, or ask AWS for more managed policies per role',
    );
  return policies.map((Statement, index) => ({
    name: `${prefix}-execution-${index + 1}`,
    document: { Version: '2012-10-17', Statement },
  }));
};

/** A statement that no policy has room for becomes two with half the actions each, or half the resources. */
const halved = (statement: Statement): readonly Statement[] => {
  if (size(statement) <= CHARACTERS - EMPTY) return [statement];
  const field = statement.Action.length > 1 ? 'Action' : 'Resource';
  const middle = Math.ceil(statement[field].length / 2);
  return [
    { ...statement, Sid: `${statement.Sid}a`, [field]: statement[field].slice(0, middle) },
    { ...statement, Sid: `${statement.Sid}b`, [field]: statement[field].slice(middle) },
  ].flatMap(halved);
};

/** A template that makes the policies. Its output is what the option of `cdk bootstrap` takes. */
export const policyTemplate = (policies: readonly ExecutionPolicy[]) => ({
  Description: 'Policies of the CloudFormation execution role: what a deployment may do',
  Resources: Object.fromEntries(
    policies.map(({ name, document }, index) => [
      `Policy${index + 1}`,
      { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: name, PolicyDocument: document } },
    ]),
  ),
  Outputs: {
    ExecutionPolicies: { Value: { 'Fn::Join': [',', policies.map((_, index) => ({ Ref: `Policy${index + 1}` }))] } },
  },
});
