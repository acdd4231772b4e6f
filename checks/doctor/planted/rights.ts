import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { roleName } from '../../../doctor/facts/access';
import type { Account } from './planted';

/** The execution roles have other policies than those that they were bootstrapped with. */
const deploysBy =
  (change: (iam: IAMClient, held: readonly string[]) => Promise<readonly string[]>) =>
  async ({ client, plan }: Account) => {
    const iam = client(IAMClient);
    const undo = [...new Set(plan.stacks.map(({ executionRoleArn }) => roleName(executionRoleArn)))].map(
      async (RoleName) => {
        const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
        const held = AttachedPolicies.map(({ PolicyArn }) => PolicyArn!);
        const others = await change(iam, held);
        const attach = async (arns: readonly string[]) => {
          for (const PolicyArn of arns) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
        };
        const detach = async (arns: readonly string[]) => {
          for (const PolicyArn of arns) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
        };
        await detach(held);
        await attach(others);
        return async () => {
          await detach(others);
          await attach(held);
        };
      },
    );
    const all = await Promise.all(undo);
    return () => Promise.all(all.map((each) => each()));
  };

/** With this policy alone. */
export const deploysWith = (policy: string) => deploysBy(async () => [policy]);

/** Without the policy that has an action. */
export const deploysWithout = (action: string) =>
  deploysBy(async (iam, held) => {
    const documents = held.map(async (PolicyArn) => {
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
      return { PolicyArn, text: decodeURIComponent(PolicyVersion!.Document!) };
    });
    return (await Promise.all(documents))
      .filter(({ text }) => !text.includes(action))
      .map(({ PolicyArn }) => PolicyArn);
  });

const statement = (principal: string) => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: 'kms:*',
  Resource: '*',
});

/** Volumes are encrypted with a key of the account that only some may use. */
export const volumesWith =
  (...principals: readonly string[]) =>
  async ({ client, give }: Account) => {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: principals.map(statement) });
    const { KeyMetadata } = await client(KMSClient).send(new CreateKeyCommand({ Policy }));
    await give({ volumeKey: KeyMetadata!.Arn });
  };
