import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { EnvironmentConfig } from '../lib/config/environment';
import { identifierOf, resourceTags, tenantRoleName } from '../lib/config/derive/names';
import { egressProblems } from './egress';
import { exposure } from './public-exposure';
import { templatesOf, type Templates } from './references';
import { requestFaults } from './request-path';
import { propertiesOf, type CfnResource, type Json } from './synth';
import { trustProblems } from './trust';

/** Problems of an environment; empty if it has none. */
export type Invariant = (of: CloudAssembly, config: EnvironmentConfig, templates: Templates) => readonly string[];

const all = (of: CloudAssembly): readonly (readonly [id: string, resource: CfnResource])[] =>
  of.stacks.flatMap(({ template }) => Object.entries<CfnResource>(template.Resources ?? {}));

/** Types that take no tags; all others have to carry them. */
const TAKES_NO_TAGS =
  /^(Custom::.*|AWS::Backup::(BackupSelection|RestoreTestingSelection)|AWS::CloudWatch::Dashboard|AWS::ECR::(ReplicationConfiguration|SigningConfiguration)|AWS::CloudFront::(MonitoringSubscription|OriginAccessControl|ResponseHeadersPolicy|VpcOrigin)|AWS::EC2::(Route|SubnetRouteTableAssociation|VPCCidrBlock|VPCGatewayAttachment|SecurityGroup(In|E)gress)|AWS::EKS::Nodegroup|AWS::ElasticLoadBalancingV2::Listener(Rule)?|AWS::IAM::(ManagedPolicy|Policy)|AWS::KMS::Alias|AWS::CloudFormation::WaitConditionHandle|AWS::Lambda::(LayerVersion|Permission)|AWS::Logs::(QueryDefinition|ResourcePolicy)|AWS::RDS::DBProxyTargetGroup|AWS::Route53::RecordSet|AWS::S3::BucketPolicy|AWS::SecretsManager::(ResourcePolicy|RotationSchedule|SecretTargetAttachment)|AWS::SNS::(Subscription|TopicPolicy)|AWS::WAFv2::LoggingConfiguration)$/;

const asRecord = (tags: Json): Record<string, string> =>
  Array.isArray(tags) ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) : tags;

/** The tags of a resource; of a launch template, which has none of its own, those that it gives to instances and volumes. */
const tagsOf = ({ Properties = {} }: CfnResource): readonly Record<string, string>[] =>
  (
    Properties.LaunchTemplateData?.TagSpecifications.map(({ Tags }: Json) => Tags) ?? [
      Properties.Tags ??
        Properties.HostedZoneTags ??
        Properties.ResourceTags ??
        Properties.BackupVaultTags ??
        Properties.BackupPlanTags ??
        [],
    ]
  ).map(asRecord);

/** Owner and cost centre of nodes are those of the deployed groups, so that another owner does not replace every node. */
const wantedTags = ({ Type }: CfnResource, { tags, deployed }: EnvironmentConfig) =>
  resourceTags(Type === 'AWS::EC2::LaunchTemplate' ? { ...tags, ...deployed?.nodeTags } : tags);

/** CloudFormation's own quotas: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_RESOURCES = 500;
const MAX_TEMPLATE_BYTES = 1_000_000;
/** `kubectl apply` keeps the object in an annotation: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/ */
const MAX_MANIFEST_BYTES = 262_144;

/** Rules that every environment keeps, whatever a team fills in. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'looks nothing up': (of) => [
    ...(of.manifest.missing ?? []).map(({ key }) => key),
    ...all(of).flatMap(([id, resource]) => (/dummy|AWS::AccountId/.test(JSON.stringify(resource)) ? [id] : [])),
  ],
  'writes no policy of one name into one role from two stacks: the second would take the place of the first': (of) => {
    const policies = of.stacks.flatMap(({ stackName, template }) =>
      propertiesOf(template.Resources, 'AWS::IAM::Policy').flatMap(({ PolicyName, Roles }) =>
        Roles.map((role: Json) => JSON.stringify([role, 'Ref' in role && stackName, PolicyName])),
      ),
    );
    return policies.filter((policy, i) => policies.indexOf(policy) !== i);
  },
  'tags whatever takes tags with environment, owner and cost centre': (of, config) =>
    all(of)
      .filter(([, { Type }]) => !TAKES_NO_TAGS.test(Type))
      .flatMap(([id, resource]) =>
        tagsOf(resource).flatMap((tags) =>
          Object.entries(wantedTags(resource, config))
            .filter(([key, value]) => tags[key] !== value)
            .map(([key, value]) => `${id} (${resource.Type}): ${key} is ${tags[key]}, not ${value}`),
        ),
      ),
  'gives no tags to what CloudFormation refuses them of': (of) =>
    all(of).flatMap(([id, { Type, Properties = {} }]) =>
      TAKES_NO_TAGS.test(Type) && Properties.Tags !== undefined ? [`${id} (${Type})`] : [],
    ),
  'names its only named role by its region, because all regions of an account share roles': (of, config) =>
    all(of).flatMap(([id, { Type, Properties = {} }]) =>
      Type === 'AWS::IAM::Role' && ![undefined, tenantRoleName(config)].includes(Properties.RoleName) ? [id] : [],
    ),
  'protects its stacks as the configuration says': (of, { deletionProtection }) =>
    of.stacks.flatMap(({ stackName, terminationProtection = false }) =>
      terminationProtection === deletionProtection ? [] : [stackName],
    ),
  'names every stack by the environment': (of, config) =>
    of.stacks.flatMap(({ stackName }) => (stackName.startsWith(`${identifierOf(config)}-`) ? [] : [stackName])),
  'keeps within the limits of CloudFormation and of manifests': (of) => [
    ...of.stacks.flatMap(({ stackName, template }) => [
      ...(Object.keys(template.Resources ?? {}).length <= 0.8 * MAX_RESOURCES ? [] : [`${stackName}: resources`]),
      ...(JSON.stringify(template).length <= 0.8 * MAX_TEMPLATE_BYTES ? [] : [`${stackName}: bytes`]),
    ]),
    ...all(of).flatMap(([id, { Type, Properties = {} }]) =>
      Type === 'Custom::AWSCDK-EKS-KubernetesResource' &&
      JSON.stringify(Properties.Manifest).length > 0.8 * MAX_MANIFEST_BYTES
        ? [`${id}: bytes`]
        : [],
    ),
  ],
  'gives no output a weak reference': (of) =>
    of.stacks.flatMap(({ template }) =>
      Object.entries(template.Outputs ?? {}).flatMap(([id, output]) =>
        JSON.stringify(output).includes('Fn::GetStackOutput') ? [id] : [],
      ),
    ),
  'lets each role be assumed by whom it is for, and by nobody else': (_, __, templates) => trustProblems(templates),
  'lets no security group send more than it has to': (_, __, templates) => egressProblems(templates),
  'opens nothing to the internet, and gives only NAT gateways public addresses': (_, config, templates) =>
    exposure(templates, config),
  'leads every request for a public name to pods or a bucket': (_, config, templates) =>
    requestFaults(templates, config),
};

/** Everything that is wrong with an environment: `INVARIANT: WHAT`. */
export const violations = (of: CloudAssembly, config: EnvironmentConfig): readonly string[] => {
  const templates = templatesOf(of);
  return Object.entries(INVARIANTS).flatMap(([title, invariant]) =>
    invariant(of, config, templates).map((what) => `${title}: ${what}`),
  );
};
