import { check, misses } from '../check';
import { lacks } from '../key-policy';
import { planned, regionsOf, unique, type Plan } from '../plan';
import { AUTO_SCALING, serviceRoleArn, serviceRolesOf } from '../service-roles';

const bootstrap = ({ name, account }: Plan, region: string): string =>
  `npx cdk bootstrap -c env=${name} aws://${account}/${region} --cloudformation-execution-policies "$POLICIES" (docs/permissions.md has what makes them)`;

export const BOOTSTRAP = check({
  title: 'Each region is bootstrapped, with a version that is new enough',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html',
  facts: ['bootstraps'],
  find: (plan, { bootstraps }) =>
    misses(regionsOf(plan), (region) => {
      const least = Math.max(
        ...plan.stacks.filter((stack) => stack.region === region).map(({ bootstrapVersion }) => bootstrapVersion),
      );
      const held = bootstraps[region];
      if (held !== undefined && held.version >= least) return undefined;
      return {
        missing:
          held === undefined
            ? `${region} is not bootstrapped: it has no stack CDKToolkit.`
            : `The stack CDKToolkit of ${region} has the version ${held.version}, but the deployment needs ${least}.`,
        remedy: bootstrap(plan, region),
      };
    }),
});

export const TRUST = check({
  title: 'The bootstrap stacks trust no other account',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html',
  facts: ['bootstraps'],
  find: (plan, { bootstraps }) =>
    misses(regionsOf(plan), (region) => {
      const others = (bootstraps[region]?.trusted ?? []).filter((trusted) => trusted !== plan.account);
      return others.length === 0
        ? undefined
        : {
            missing: `The stack CDKToolkit of ${region} trusts ${others.join(', ')}: whoever may assume roles there can deploy here.`,
            remedy: `npx cdk bootstrap -c env=${plan.name} aws://${plan.account}/${region} --untrust ${others.join(',')}`,
            advice: true,
          };
    }),
});

export const ADMINISTRATORS = check({
  title: 'The administrator roles exist',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html',
  facts: ['administrators'],
  find: ({ administratorRoleArns, account }, { administrators }) =>
    misses(administratorRoleArns, (arn) => {
      const held = administrators[arn];
      if (held === arn) return undefined;
      if (arn.split(':')[4] !== account)
        return {
          missing: `${arn} is a role of another account.`,
          remedy: `Write a role of ${account} in cluster.administratorRoleArns`,
        };
      return held === undefined
        ? {
            missing: `The role ${arn} does not exist.`,
            remedy:
              'Create it, or write another one in cluster.administratorRoleArns: aws iam list-roles --query Roles[].Arn',
          }
        : {
            missing: `The role has another path than in ${arn}: it is ${held}.`,
            remedy: `Write ${held} in cluster.administratorRoleArns`,
          };
    }),
});

export const SERVICE_ROLES = check({
  title: 'The service-linked roles exist, or the deployment may create them',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html',
  facts: ['serviceRoles', 'deployRights'],
  find: (plan, { serviceRoles, deployRights }) =>
    misses(serviceRolesOf(plan), (role) => {
      const roles = unique(
        role.neededBy.flatMap((type) => planned(plan, type)).map(({ stack }) => stack.executionRoleArn),
      );
      const unable = roles.filter(
        (arn) => deployRights[arn]?.exists && !deployRights[arn].createsServiceRole[role.name],
      );
      return serviceRoles[role.name] !== undefined || unable.length === 0
        ? undefined
        : {
            missing: `${role.name} does not exist, and ${unable.join(', ')} may not create it: it lacks iam:CreateServiceLinkedRole for ${role.service}.`,
            remedy: `aws iam create-service-linked-role --aws-service-name ${role.service}`,
          };
    }),
});

export const CREATIONS = check({
  title: 'The deployment may create what the templates contain',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html',
  facts: ['deniedCreations'],
  find: (_plan, { deniedCreations }) =>
    misses(Object.entries(deniedCreations), ([role, denied]) =>
      denied.length === 0
        ? undefined
        : {
            missing: `${role} may not call ${denied.join(', ')}.`,
            remedy: 'Update the policies of the execution role with the commands of docs/permissions.md',
          },
    ),
});

export const BOUNDARY = check({
  title: 'The deployment may create roles without a permissions boundary',
  source: 'https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions-boundaries.html',
  facts: ['deployRights'],
  find: (_plan, { deployRights }) =>
    misses(Object.entries(deployRights), ([role, { exists, createsRoles }]) =>
      !exists || createsRoles
        ? undefined
        : {
            missing: `${role} may not create a role without a permissions boundary. The roles of this app have none, and neither has the role of the function that rotates passwords.`,
            remedy: 'See “Permissions boundaries” in docs/doctor.md',
          },
    ),
});

const VOLUME_KEYS = 'Add the statements of “Keys of volumes” in docs/doctor.md with aws kms put-key-policy';

export const NODE_VOLUMES = check({
  title: 'EC2 Auto Scaling may use the key of the nodes’ volumes',
  source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html',
  facts: ['volumeKey'],
  find: (plan, { volumeKey }) => {
    if (volumeKey.managedByAws) return [];
    if (!volumeKey.enabled)
      return [
        {
          missing: `The key of volumes ${volumeKey.id} is not enabled.`,
          remedy: `aws kms enable-key --key-id ${volumeKey.id} --region ${plan.region}`,
        },
      ];
    const lacking = lacks(volumeKey, { ...plan, role: serviceRoleArn(plan, AUTO_SCALING) });
    return lacking.length === 0
      ? []
      : [
          {
            missing: `The policy of ${volumeKey.id} does not allow ${AUTO_SCALING.name} to call ${lacking.join(', ')}: no node can start.`,
            remedy: VOLUME_KEYS,
          },
        ];
  },
});

/** The EBS driver's role has a generated name, which is known once the cluster is deployed. */
export const POD_VOLUMES = check({
  title: 'The EBS driver may use the key of the pods’ volumes',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html',
  facts: ['volumeKey', 'deployed'],
  find: (plan, { volumeKey, deployed }) => {
    if (volumeKey.managedByAws || !volumeKey.enabled) return [];
    const driver = planned(plan, 'AWS::EKS::Addon').find(
      ({ properties }) => properties.AddonName === 'aws-ebs-csi-driver',
    );
    const logicalId = driver?.properties.PodIdentityAssociations?.[0]?.RoleArn?.['Fn::GetAtt']?.[0];
    const role = deployed.resources.find((one) => one.type === 'AWS::IAM::Role' && one.logicalId === logicalId);
    const lacking = lacks(volumeKey, { ...plan, role: role && `arn:aws:iam::${plan.account}:role/${role.id}` });
    return driver === undefined || lacking.length === 0
      ? []
      : [
          {
            missing: `The policy of ${volumeKey.id} does not allow the role of the EBS driver to call ${lacking.join(', ')}: no pod can get a volume.`,
            remedy: VOLUME_KEYS,
          },
        ];
  },
});
