import { IAMClient, SimulatePrincipalPolicyCommand, type ContextEntry } from '@aws-sdk/client-iam';
import { EDGE_REGION } from '../../lib/model/edge-region';
import type { Aws } from '../aws';
import { creationsOf, type Creation } from '../creations';
import { unique } from '../plan';
import { roleArn, roleName } from './access';
import { reader, table } from './reader';

/** Condition keys of the policies of docs/permissions.md whose values do not matter when something is made. */
const WITHOUT_EFFECT = ['aws:ResourceTag/Environment', 'iam:AWSServiceName', 'iam:PassedToService', 'iam:PolicyARN'];

const contextOf = (region: string): ContextEntry[] =>
  [['aws:RequestedRegion', region] as const, ...WITHOUT_EFFECT.map((name) => [name, 'none'] as const)].map(
    ([ContextKeyName, value]) => ({ ContextKeyName, ContextKeyType: 'string', ContextKeyValues: [value] }),
  );

const placeOf = ({ arn, region }: Creation): string => `${region} ${arn}`;

/** The actions of these that a role may not call. One whose policies ask for what only a request says is not among them. */
const deniedOf = async (aws: Aws, role: string, creations: readonly Creation[]): Promise<readonly string[]> => {
  const denied: string[] = [];
  // One after the other: IAM answers few simulations at a time.
  for (const place of unique(creations.map(placeOf))) {
    const there = creations.filter((one) => placeOf(one) === place);
    const [{ arn, region }] = there as [Creation];
    const { EvaluationResults = [] } = await aws.client(IAMClient, EDGE_REGION).send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: role,
        ActionNames: there.map(({ action }) => action),
        ResourceArns: [arn],
        ContextEntries: contextOf(region),
      }),
    );
    for (const { EvalActionName, EvalDecision, MissingContextValues = [] } of EvaluationResults)
      if (EvalDecision !== 'allowed' && MissingContextValues.length === 0) denied.push(EvalActionName!);
  }
  return denied.toSorted();
};

/** Creations by the templates that each execution role lacks permission for; none for a role that does not exist. */
export const deniedCreations = reader(['iam:GetRole', 'iam:SimulatePrincipalPolicy'], (aws, plan) => {
  const creations = creationsOf(plan);
  return table(unique(plan.stacks.map(({ executionRoleArn }) => executionRoleArn)), async (role) =>
    (await roleArn(aws, roleName(role))) === undefined
      ? []
      : deniedOf(
          aws,
          role,
          creations.filter((one) => one.role === role),
        ),
  );
});
