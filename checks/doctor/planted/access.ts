import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import * as access from '../../../doctor/checks/access';
import { AUTO_SCALING, serviceRoleArn } from '../../../doctor/service-roles';
import { SUBJECT } from '../subject';
import type { Account, Planted } from './planted';
import { deploysWith, deploysWithout, volumesWith } from './rights';

const { account: id } = SUBJECT;

/** Lets the bootstrap stack of the home region trust an account. */
const trust = async ({ client }: Account, trusted: string) => {
  const cloudFormation = client(CloudFormationClient);
  const StackName = 'CDKToolkit';
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  const others = (stack?.Parameters ?? []).filter(({ ParameterKey }) => ParameterKey !== 'TrustedAccounts');
  const Parameters = [
    ...others.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    { ParameterKey: 'TrustedAccounts', ParameterValue: trusted },
  ];
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await cloudFormation.send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Parameters, Capabilities }));
  await waitUntilStackUpdateComplete(
    { client: cloudFormation, maxWaitTime: 300, minDelay: 1, maxDelay: 2 },
    { StackName },
  );
};

export const ACCESS: readonly Planted[] = [
  {
    check: access.BOOTSTRAP,
    plan: (plan) => ({ ...plan, stacks: plan.stacks.map((stack) => ({ ...stack, bootstrapVersion: 999 })) }),
    says: /^The stack CDKToolkit of us-east-1 has the version \d+, but the deployment needs 999\.$/,
    remedy: /^npx cdk bootstrap -c env=prod aws:\/\/333333333333\/us-east-1 --cloudformation-execution-policies/,
  },
  {
    check: access.BOOTSTRAP,
    plan: (plan) => ({ ...plan, stacks: plan.stacks.map((stack) => ({ ...stack, region: 'eu-west-1' })) }),
    says: /^eu-west-1 is not bootstrapped: it has no stack CDKToolkit\.$/,
    remedy: /^npx cdk bootstrap -c env=prod aws:\/\/333333333333\/eu-west-1/,
  },
  {
    check: access.TRUST,
    plant: async (account) => {
      await trust(account, '555555555555');
      return () => trust(account, '');
    },
    says: /^The stack CDKToolkit of ap-southeast-1 trusts 555555555555: whoever may assume roles there can deploy here\.$/,
    remedy: /^npx cdk bootstrap -c env=prod aws:\/\/333333333333\/ap-southeast-1 --untrust 555555555555$/,
  },
  {
    check: access.BOUNDARY,
    plant: deploysWith('arn:aws:iam::aws:policy/PowerUserAccess'),
    says: /cfn-exec-role-333333333333-ap-southeast-1 may not create a role without a permissions boundary/,
    remedy: /docs\/doctor\.md/,
  },
  {
    check: access.CREATIONS,
    plant: deploysWith('arn:aws:iam::aws:policy/ReadOnlyAccess'),
    says: /ap-southeast-1 may not call acm:RequestCertificate, .*ec2:CreateVpc, .*eks:CreateCluster, .*rds:CreateDBInstance, .*\.$/,
    remedy: /docs\/permissions\.md/,
  },
  {
    check: access.CREATIONS,
    plant: deploysWithout('rds:CreateDBInstance'),
    says: /ap-southeast-1 may not call .*rds:CreateDBInstance/,
    remedy: /docs\/permissions\.md/,
  },
  {
    check: access.SERVICE_ROLES,
    plant: deploysWith('arn:aws:iam::aws:policy/ReadOnlyAccess'),
    says: /^AWSServiceRoleForAmazonEKSNodegroup does not exist, and .* lacks iam:CreateServiceLinkedRole for eks-nodegroup/,
    remedy: /create-service-linked-role --aws-service-name eks-nodegroup\.amazonaws\.com/,
  },
  {
    check: access.ADMINISTRATORS,
    plant: async ({ client }) => {
      const named = { RoleName: 'PlatformAdministrator' };
      await client(IAMClient).send(new DeleteRoleCommand(named));
      return () =>
        client(IAMClient).send(
          new CreateRoleCommand({ ...named, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }),
        );
    },
    says: /^The role arn:aws:iam::333333333333:role\/PlatformAdministrator does not exist\.$/,
    remedy: /administratorRoleArns/,
  },
  {
    check: access.NODE_VOLUMES,
    plant: volumesWith(`arn:aws:iam::${id}:root`),
    says: /does not allow AWSServiceRoleForAutoScaling to call kms:Decrypt, .*kms:CreateGrant.*: no node can start\.$/,
    remedy: /Keys of volumes/,
  },
  {
    check: access.POD_VOLUMES,
    plant: volumesWith(`arn:aws:iam::${id}:root`, serviceRoleArn(SUBJECT as never, AUTO_SCALING)),
    says: /does not allow the role of the EBS driver to call .*: no pod can get a volume\.$/,
    remedy: /Keys of volumes/,
  },
];
