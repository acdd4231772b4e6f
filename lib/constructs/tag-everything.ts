import { Aspects, CfnResource, TagManager, Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The shape of `Tags` in the types that the library makes without its own class, and so does not tag. */
const UNTAGGED: Readonly<Record<string, (tags: Readonly<Record<string, string>>) => unknown>> = {
  'AWS::IAM::Role': (tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  'AWS::Lambda::Function': (tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  'AWS::SSM::Parameter': (tags) => tags,
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
      const shape = UNTAGGED[node.cfnResourceType];
      if (shape) node.addPropertyOverride('Tags', shape(tags));
    },
  });
};
