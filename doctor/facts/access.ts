import { EC2Client, GetEbsDefaultKmsKeyIdCommand } from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand, type ContextEntry } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient, ListGrantsCommand } from '@aws-sdk/client-kms';
import { EDGE_REGION } from '../../lib/model/edge-region';
import type { Aws } from '../aws';
import { unique } from '../plan';
import { serviceRoleArn, serviceRolesOf } from '../service-roles';
import { isAbsent } from '../why';
import { pages, reader, table } from './reader';

/** ARN of a role by its name, as IAM has it. */
export const roleArn = async (aws: Aws, RoleName: string): Promise<string | undefined> => {
  const { Role } = await aws
    .client(IAMClient, EDGE_REGION)
    .send(new GetRoleCommand({ RoleName }))
    .catch((error: unknown) => {
      if (!isAbsent(error, 'NoSuchEntity', 'NoSuchEntityException')) throw error;
      return { Role: undefined };
    });
  return Role?.Arn;
};

/** Name of the role of an ARN, without its path. */
export const roleName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** The roles that administer the cluster: the ARN that IAM has for the name of each. */
export const administrators = reader(['iam:GetRole'], (aws, { account, administratorRoleArns }) =>
  table(
    administratorRoleArns.filter((arn) => arn.split(':')[4] === account),
    (arn) => roleArn(aws, roleName(arn)),
  ),
);

/** The service-linked roles that exist. */
export const serviceRoles = reader(['iam:GetRole'], (aws, plan) =>
  table(
    serviceRolesOf(plan).map(({ name }) => name),
    (name) => roleArn(aws, name),
  ),
);

/** Whether the roles that make the resources may do something, without trying it: by role, then by what is asked. */
const simulate = async (aws: Aws, role: string, action: string, resource: string, context: ContextEntry[] = []) => {
  const { EvaluationResults = [] } = await aws.client(IAMClient, EDGE_REGION).send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames: [action],
      ResourceArns: [resource],
      ContextEntries: context,
    }),
  );
  return EvaluationResults.every(({ EvalDecision }) => EvalDecision === 'allowed');
};

/** Permissions of the execution role of a bootstrap stack; a role that does not exist has none. */
export interface DeployRights {
  readonly exists: boolean;
  /** Make a role that has no permissions boundary. */
  readonly createsRoles: boolean;
  /** Make the service-linked role of a name. */
  readonly createsServiceRole: Readonly<Record<string, boolean>>;
}

export const deployRights = reader(['iam:GetRole', 'iam:SimulatePrincipalPolicy'], (aws, plan) =>
  table(unique(plan.stacks.map(({ executionRoleArn }) => executionRoleArn)), async (role): Promise<DeployRights> => {
    if ((await roleArn(aws, roleName(role))) === undefined)
      return { exists: false, createsRoles: false, createsServiceRole: {} };
    const [createsRoles, ...linked] = await Promise.all([
      simulate(aws, role, 'iam:CreateRole', `arn:aws:iam::${plan.account}:role/platform-${plan.name}`),
      ...serviceRolesOf(plan).map(async (one) => {
        const context = {
          ContextKeyName: 'iam:AWSServiceName',
          ContextKeyType: 'string',
          ContextKeyValues: [one.service],
        };
        const may = await simulate(aws, role, 'iam:CreateServiceLinkedRole', serviceRoleArn(plan, one), [
          context as ContextEntry,
        ]);
        return [one.name, may] as const;
      }),
    ]);
    return { exists: true, createsRoles, createsServiceRole: Object.fromEntries(linked) };
  }),
);

/** The key with which EBS encrypts volumes that name none: AWS's own, or one of the account's. */
export interface VolumeKey {
  readonly id: string;
  readonly managedByAws: boolean;
  readonly enabled: boolean;
  readonly policy: KeyPolicy;
  readonly grants: readonly KeyGrant[];
}

/** A grant, which lets a principal use a key without its policy. */
export interface KeyGrant {
  readonly GranteePrincipal?: string | undefined;
  /** `Decrypt`, …: without the prefix `kms:`. */
  readonly Operations?: readonly string[] | undefined;
  readonly Constraints?: object | undefined;
}

export interface KeyPolicy {
  readonly Statement: readonly KeyStatement[] | KeyStatement;
}

export interface KeyStatement {
  readonly Effect: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const EMPTY: KeyPolicy = { Statement: [] };

export const volumeKey = reader(
  ['ec2:GetEbsDefaultKmsKeyId', 'kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListGrants'],
  async (aws): Promise<VolumeKey> => {
    const { KmsKeyId: id = '' } = await aws.client(EC2Client).send(new GetEbsDefaultKmsKeyIdCommand({}));
    const byAws = { id, managedByAws: true, enabled: true, policy: EMPTY, grants: [] };
    if (id.endsWith('alias/aws/ebs')) return byAws;
    const kms = aws.client(KMSClient);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
    if (KeyMetadata?.KeyManager === 'AWS') return byAws;
    const KeyId = KeyMetadata?.Arn ?? id;
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
    const grants = await pages(
      (Marker) => kms.send(new ListGrantsCommand({ KeyId, Marker })),
      (page) => page.Grants,
      (page) => page.NextMarker,
    );
    return {
      id: KeyId,
      managedByAws: false,
      enabled: KeyMetadata?.KeyState === 'Enabled',
      policy: Policy === undefined ? EMPTY : JSON.parse(Policy),
      grants,
    };
  },
);
