import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyPairCommand, DeleteKeyPairCommand, EC2Client } from '@aws-sdk/client-ec2';
import { BatchDeleteImageCommand, BatchGetImageCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { imagesOf } from '../../doctor/brought';
import type { Check } from '../../doctor/check';
import * as access from '../../doctor/checks/access';
import * as brought from '../../doctor/checks/brought';
import * as place from '../../doctor/checks/place';
import * as versions from '../../doctor/checks/versions';
import { POD_IDENTITIES, QUOTA_CHECKS } from '../../doctor/checks/quotas';
import { roleName } from '../../doctor/facts/access';
import type { Plan } from '../../doctor/plan';
import { CONCURRENCY, QUOTAS } from '../../doctor/quotas';
import { AUTO_SCALING, serviceRoleArn } from '../../doctor/service-roles';
import { SUBJECT } from './subject';

/** Fields of rehearsal/aws/emulator/core/account.py. */
export type Given = Readonly<Record<string, unknown>>;

/** What a planted miss may change of the emulated account. */
export interface Account {
  readonly give: (given: Given) => Promise<void>;
  readonly client: <T>(kind: new (config: { region: string }) => T) => T;
  readonly plan: Plan;
}

/** One prerequisite that is missing, and what the doctor then says. */
export interface Planted {
  readonly check: Check;
  /** Takes something away; what it gives puts it back. */
  readonly plant?: (account: Account) => Promise<(() => Promise<unknown>) | void>;
  /** Another environment than the subject. */
  readonly plan?: (plan: Plan) => Plan;
  readonly says: RegExp;
  readonly remedy: RegExp;
}

const given = (fields: Given) => (account: Account) => account.give(fields);

const { region, account: id } = SUBJECT;

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

const deploysWith = (policy: string) => deploysBy(async () => [policy]);

/** Without the policy that has an action. */
const deploysWithout = (action: string) =>
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

const quota = (check: Check, code: string, value: number, says: RegExp): Planted => ({
  check,
  plant: given({ quotas: { [code]: value } }),
  says,
  remedy: new RegExp(
    `request-service-quota-increase .*--service-code ${code.replace('/', ' --quota-code ')} --desired-value \\d+`,
  ),
});

const checkOf = (code: string): Check => QUOTA_CHECKS.find(({ title }) => title.includes(code))!;

export const PLANTED: readonly Planted[] = [
  {
    check: place.REGIONS,
    plant: given({ disabledRegions: ['us-east-1'] }),
    says: /^The region us-east-1 is not enabled in the account\.$/,
    remedy: /aws account enable-region --region-name us-east-1/,
  },
  {
    check: place.ZONES,
    plant: given({ zones: { [`${region}b`]: 'use1-az3' } }),
    says: /^ap-southeast-1b is use1-az3 in this account, which lacks EKS, VPC origins of CloudFront, RDS Proxy\.$/,
    remedy: /network\.availabilityZones: ap-southeast-1a, ap-southeast-1c$/,
  },
  {
    check: place.ZONES,
    plan: (plan) => ({ ...plan, availabilityZoneIds: ['apse1-az1', 'apse1-az3', 'apse1-az2'] }),
    says: /^ap-southeast-1b is apse1-az2 in this account, not apse1-az3\.$/,
    remedy: /network\.availabilityZoneIds: apse1-az1, apse1-az2, apse1-az3$/,
  },
  {
    check: place.ZONES,
    plant: given({ zones: { [`${region}c`]: null } }),
    says: /^The account has no availability zone ap-southeast-1c in ap-southeast-1\.$/,
    remedy: /ap-southeast-1a, ap-southeast-1b$/,
  },
  {
    check: place.INSTANCE_TYPES,
    plant: given({ unsold: { 'r5.large': [`${region}b`] } }),
    says: /^EC2 does not offer r5\.large in ap-southeast-1b\.$/,
    remedy: /describe-instance-type-offerings/,
  },
  {
    check: place.NODE_IMAGE,
    plant: given({ nodeImages: [] }),
    says: /no image amazon-eks-node-al2023-x86_64-standard-1\.36-v20260923 in ap-southeast-1/,
    remedy: /optimized-ami\/1\.36\/.*release_version/,
  },
  {
    check: versions.KUBERNETES,
    plant: given({ kubernetes: ['1.35'] }),
    says: /^EKS does not create clusters of Kubernetes 1\.36\.$/,
    remedy: /kubernetesVersion: 1\.35/,
  },
  {
    check: versions.ADDONS,
    plant: given({ addons: {} }),
    says: /^EKS has no coredns v1\.14\.3-eksbuild\.23 for Kubernetes 1\.36\.$/,
    remedy: /lib\/model\/versions\.ts/,
  },
  {
    check: versions.ENGINE,
    plant: given({ databases: [] }),
    says: /^RDS does not offer MySQL 8\.4\.9 in ap-southeast-1\.$/,
    remedy: /describe-db-engine-versions/,
  },
  {
    check: versions.DATABASE_CLASS,
    plant: given({ unsold: { 'db.t4g.medium': [`${region}a`, `${region}b`] } }),
    says: /RDS (does not offer db\.t4g\.medium with MySQL 8\.4\.9 in ap-southeast-1\w|offers db\.t4g\.medium .* in 1 of the zones)/,
    remedy: /describe-orderable-db-instance-options/,
  },
  {
    check: place.PREFIX_LIST,
    plant: given({ prefixList: 'pl-00000000' }),
    says: /^The load balancer admits pl-31a34658, but .*origin-facing is pl-00000000 in ap-southeast-1\.$/,
    remedy: /Write pl-00000000 .*cloudfront-prefix-lists\.ts/,
  },
  {
    check: place.KEY_PAIRS,
    plant: async ({ client }) => {
      await client(EC2Client).send(new DeleteKeyPairCommand({ KeyName: 'operators' }));
      return () => client(EC2Client).send(new CreateKeyPairCommand({ KeyName: 'operators' }));
    },
    says: /^There is no EC2 key pair operators in ap-southeast-1\.$/,
    remedy: /import-key-pair .*--key-name operators/,
  },
  ...QUOTAS.map(({ service, code }) => quota(checkOf(code), `${service}/${code}`, 0, /^“.+” allows 0 in .*needs \d+/)),
  quota(
    checkOf(CONCURRENCY.code),
    `lambda/${CONCURRENCY.code}`,
    10,
    /^Only 10 functions may run at the same time .* needs 100\.$/,
  ),
  quota(
    checkOf('L-7B6409FD'),
    'rds/L-7B6409FD',
    2,
    /^“DB instances” allows 2 in ap-southeast-1\. The environment needs 3\.$/,
  ),
  quota(
    checkOf('L-7ADDB58A'),
    'rds/L-7ADDB58A',
    1499,
    /^“Total storage for all DB instances” allows 1499 .* needs 1500\.$/,
  ),
  quota(
    checkOf('L-FE177D64'),
    'iam/L-FE177D64',
    20,
    /^“Roles per account” allows 20\. The account has \d+, .* needs \d+ more\.$/,
  ),
  quota(checkOf('L-E95E4862'), 'iam/L-E95E4862', 0, /^“Customer managed policies per account” allows 0\./),
  {
    check: QUOTA_CHECKS.find(({ facts }) => facts.length === 0)!,
    plan: (plan) => {
      const [stack, ...others] = plan.stacks as [Plan['stacks'][number], ...Plan['stacks'][number][]];
      const association = { type: 'AWS::EKS::PodIdentityAssociation', logicalId: 'One', properties: {} };
      const resources = [...stack.resources, ...Array.from({ length: POD_IDENTITIES }, () => association)];
      return { ...plan, stacks: [{ ...stack, resources }, ...others] };
    },
    says: /^The cluster would have 50\d\d Pod Identity associations, but EKS allows 5000\./,
    remedy: /AWS Support/,
  },
  {
    check: access.BOOTSTRAP,
    plan: (plan) => ({ ...plan, stacks: plan.stacks.map((stack) => ({ ...stack, bootstrapVersion: 999 })) }),
    says: /^The stack CDKToolkit of us-east-1 has the version \d+, but the deployment needs 999\.$/,
    remedy: /^npx cdk bootstrap aws:\/\/333333333333\/us-east-1 --trust 444444444444/,
  },
  {
    check: access.BOOTSTRAP,
    plan: (plan) => ({ ...plan, stacks: plan.stacks.map((stack) => ({ ...stack, region: 'eu-west-1' })) }),
    says: /^eu-west-1 is not bootstrapped: it has no stack CDKToolkit\.$/,
    remedy: /^npx cdk bootstrap aws:\/\/333333333333\/eu-west-1/,
  },
  {
    check: access.TRUST,
    plan: (plan) => ({ ...plan, pipelineAccount: '555555555555' }),
    says: /^The stack CDKToolkit of ap-southeast-1 does not trust 555555555555/,
    remedy: /--trust 555555555555/,
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
  {
    check: brought.HOSTED_ZONES,
    plan: (plan) => ({ ...plan, zones: [{ name: 'platform.com', id: 'Z0000000000OTHER00000' }] }),
    says: /^The account 333333333333 has no hosted zone Z0000000000OTHER00000, which domain\.zones gives for platform\.com\.$/,
    remedy: /list-hosted-zones-by-name --dns-name platform\.com/,
  },
  {
    check: brought.HOSTED_ZONES,
    plan: (plan) => ({ ...plan, zones: [{ ...plan.zones[0]!, name: 'other.com' }] }),
    says: /^The hosted zone Z0123456789ABCDEFGHIJ belongs to platform\.com, not to other\.com\.$/,
    remedy: /--dns-name other\.com/,
  },
  {
    check: brought.DELEGATION,
    plant: given({ nameServers: { 'platform.com': null } }),
    says: /^The public DNS has no name servers for platform\.com \(ENOTFOUND\)\.$/,
    remedy: /delegate it to ns-/,
  },
  {
    check: brought.DELEGATION,
    plant: given({ nameServers: { 'platform.com': ['ns1.registrar.example'] } }),
    says: /^The public DNS leads platform\.com to ns1\.registrar\.example, which are not the name servers of its hosted zone\.$/,
    remedy: /delegate it to ns-/,
  },
  {
    check: brought.SLACK,
    plant: given({ slack: [] }),
    says: /^The account may not write to the Slack workspace T0123ABCD\.$/,
    remedy: /authorize it once/,
  },
  {
    check: brought.IMAGES,
    plant: async ({ client, plan }) => {
      const { repository: repositoryName, tag: imageTag } = imagesOf(plan).find(({ name }) =>
        name.includes('/frontend:'),
      )!;
      const ecr = client(ECRClient);
      const { images = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
      return () => ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest: images[0]!.imageManifest }));
    },
    says: /^Nobody has pushed 333333333333\.dkr\.ecr\..*\/platform\/frontend:1\.0\.0\.$/,
    remedy: /npm run --silent images -- prod/,
  },
  {
    check: brought.SECRETS,
    plant: async ({ client }) => {
      const secrets = client(SecretsManagerClient);
      const SecretId = 'platform/prod/sentry-dsn';
      await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      return () => secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'dsn' }));
    },
    says: /^The secret platform\/prod\/sentry-dsn has no value\.$/,
    remedy: /put-secret-value .*--secret-id platform\/prod\/sentry-dsn/,
  },
];
