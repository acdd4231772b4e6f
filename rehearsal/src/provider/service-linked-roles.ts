/** A service-linked role: a service makes it for itself, with the right of whoever first calls the service. */
export interface ServiceLinkedRole {
  readonly service: string;
  readonly name: string;
  /** Resource types whose creation makes the role, or needs it. */
  readonly neededBy: readonly string[];
}

/**
 * The service-linked roles behind resource types. Names: the IAM user guide, "AWS services that work with IAM", and the page of each
 * service on its service-linked roles. The handlers of AWS::EC2::FlowLog and AWS::WAFv2::LoggingConfiguration ask for theirs whatever
 * the destination; the pages of AWS tie both roles to Firehose.
 */
export const SERVICE_LINKED_ROLES: readonly ServiceLinkedRole[] = [
  { service: 'eks.amazonaws.com', name: 'AWSServiceRoleForAmazonEKS', neededBy: ['AWS::EKS::Cluster'] },
  {
    service: 'eks-nodegroup.amazonaws.com',
    name: 'AWSServiceRoleForAmazonEKSNodegroup',
    neededBy: ['AWS::EKS::Nodegroup'],
  },
  { service: 'autoscaling.amazonaws.com', name: 'AWSServiceRoleForAutoScaling', neededBy: ['AWS::EKS::Nodegroup'] },
  {
    service: 'elasticloadbalancing.amazonaws.com',
    name: 'AWSServiceRoleForElasticLoadBalancing',
    neededBy: ['AWS::ElasticLoadBalancingV2::LoadBalancer'],
  },
  {
    service: 'rds.amazonaws.com',
    name: 'AWSServiceRoleForRDS',
    neededBy: ['AWS::RDS::DBInstance', 'AWS::RDS::DBParameterGroup', 'AWS::RDS::DBProxy', 'AWS::RDS::DBSubnetGroup'],
  },
  {
    service: 'elasticache.amazonaws.com',
    name: 'AWSServiceRoleForElastiCache',
    neededBy: ['AWS::ElastiCache::ParameterGroup', 'AWS::ElastiCache::ReplicationGroup'],
  },
  {
    service: 'vpcorigin.cloudfront.amazonaws.com',
    name: 'AWSServiceRoleForCloudFrontVPCOrigin',
    neededBy: ['AWS::CloudFront::VpcOrigin'],
  },
  {
    service: 'wafv2.amazonaws.com',
    name: 'AWSServiceRoleForWAFV2Logging',
    neededBy: ['AWS::WAFv2::LoggingConfiguration'],
  },
  {
    service: 'delivery.logs.amazonaws.com',
    name: 'AWSServiceRoleForLogDelivery',
    neededBy: ['AWS::EC2::FlowLog'],
  },
  { service: 'backup.amazonaws.com', name: 'AWSServiceRoleForBackup', neededBy: ['AWS::Backup::BackupSelection'] },
  {
    service: 'restore-testing.backup.amazonaws.com',
    name: 'AWSServiceRoleForBackupRestoreTesting',
    neededBy: ['AWS::Backup::RestoreTestingPlan'],
  },
  {
    service: 'replication.ecr.amazonaws.com',
    name: 'AWSServiceRoleForECRReplication',
    neededBy: ['AWS::ECR::ReplicationConfiguration'],
  },
  {
    service: 'management.chatbot.amazonaws.com',
    name: 'AWSServiceRoleForAWSChatbot',
    neededBy: ['AWS::Chatbot::SlackChannelConfiguration'],
  },
];
