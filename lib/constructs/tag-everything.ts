import { Aspects, CfnResource, TagManager, Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

type Values = Readonly<Record<string, string>>;

const asList = (tags: Values) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const asMap = (tags: Values) => tags;

/**
 * The property with the tags, and its shape, in types that the library does not tag: it makes them without its own class, or does not know
 * the property.
 */
const UNTAGGED: Readonly<Record<string, readonly [property: string, shape: (tags: Values) => unknown]>> = {
  'AWS::Backup::BackupPlan': ['BackupPlanTags', asMap],
  'AWS::Backup::BackupVault': ['BackupVaultTags', asMap],
  'AWS::Backup::LogicallyAirGappedBackupVault': ['BackupVaultTags', asMap],
  'AWS::IAM::Role': ['Tags', asList],
  'AWS::Lambda::Function': ['Tags', asList],
  'AWS::SSM::Parameter': ['Tags', asMap],
};

/** Types that get no tags, though the library believes them to take some. */
const excludeResourceTypes = [
  // CloudFormation's schema has none.
  'AWS::CloudWatch::Dashboard',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::RDS::DBProxyTargetGroup',
  // CloudFront refuses to update one that is in use, be it only its tags.
  'AWS::CloudFront::VpcOrigin',
  // EKS refuses other tags of a node group together with another version of its launch template, which other tags of instances are.
  // Those of the group cost nothing and reach nothing else; NodeGroup says what instances and volumes carry.
  'AWS::EKS::Nodegroup',
  'AWS::EC2::LaunchTemplate',
];

/** Puts tags on every resource below a construct that takes tags. */
export const tagEverything = (scope: IConstruct, tags: Readonly<Record<string, string>>): void => {
  for (const [key, value] of Object.entries(tags)) Tags.of(scope).add(key, value, { excludeResourceTypes });
  Aspects.of(scope).add({
    visit: (node) => {
      if (!(node instanceof CfnResource) || TagManager.of(node)) return;
      const untagged = UNTAGGED[node.cfnResourceType];
      if (!untagged) return;
      const [property, shape] = untagged;
      node.addPropertyOverride(property, shape(tags));
    },
  });
};
