import { planned, type Plan } from './plan';

/** A service-linked role: a service makes it for itself with the right of whoever calls the service first. */
export interface ServiceRole {
  readonly service: string;
  readonly name: string;
  /** Type of the resources that need it. */
  readonly neededBy: string;
}

/**
 * The service-linked roles behind the resources of an environment.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html, and of each its own page.
 */
const SERVICE_ROLES: readonly ServiceRole[] = [
  { service: 'eks.amazonaws.com', name: 'AWSServiceRoleForAmazonEKS', neededBy: 'AWS::EKS::Cluster' },
  {
    service: 'eks-nodegroup.amazonaws.com',
    name: 'AWSServiceRoleForAmazonEKSNodegroup',
    neededBy: 'AWS::EKS::Nodegroup',
  },
  { service: 'autoscaling.amazonaws.com', name: 'AWSServiceRoleForAutoScaling', neededBy: 'AWS::EKS::Nodegroup' },
  {
    service: 'elasticloadbalancing.amazonaws.com',
    name: 'AWSServiceRoleForElasticLoadBalancing',
    neededBy: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  },
  { service: 'rds.amazonaws.com', name: 'AWSServiceRoleForRDS', neededBy: 'AWS::RDS::DBInstance' },
  {
    service: 'elasticache.amazonaws.com',
    name: 'AWSServiceRoleForElastiCache',
    neededBy: 'AWS::ElastiCache::ReplicationGroup',
  },
  {
    service: 'vpcorigin.cloudfront.amazonaws.com',
    name: 'AWSServiceRoleForCloudFrontVPCOrigin',
    neededBy: 'AWS::CloudFront::VpcOrigin',
  },
  {
    service: 'wafv2.amazonaws.com',
    name: 'AWSServiceRoleForWAFV2Logging',
    neededBy: 'AWS::WAFv2::LoggingConfiguration',
  },
  {
    service: 'management.chatbot.amazonaws.com',
    name: 'AWSServiceRoleForAWSChatbot',
    neededBy: 'AWS::Chatbot::SlackChannelConfiguration',
  },
];

/** Those that an environment needs. */
export const serviceRolesOf = (plan: Plan): readonly ServiceRole[] =>
  SERVICE_ROLES.filter(({ neededBy }) => planned(plan, neededBy).length > 0);

export const serviceRoleArn = ({ account }: Plan, { service, name }: ServiceRole): string =>
  `arn:aws:iam::${account}:role/aws-service-role/${service}/${name}`;

/** The role with which EC2 Auto Scaling starts the nodes. */
export const AUTO_SCALING: ServiceRole = SERVICE_ROLES.find(({ service }) => service === 'autoscaling.amazonaws.com')!;
