/**
 * The services whose service-linked roles a resource type makes, where its handlers call iam:CreateServiceLinkedRole. Names:
 * the IAM user guide, "AWS services that work with IAM", and the page of each service on its service-linked roles.
 */
export const SERVICE_LINKED_ROLES: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudFront::VpcOrigin': ['vpcorigin.cloudfront.amazonaws.com'],
  'AWS::EC2::FlowLog': ['delivery.logs.amazonaws.com'],
  'AWS::EKS::Cluster': ['eks.amazonaws.com'],
  'AWS::EKS::Nodegroup': ['eks-nodegroup.amazonaws.com', 'autoscaling.amazonaws.com'],
  'AWS::ElastiCache::ParameterGroup': ['elasticache.amazonaws.com'],
  'AWS::ElastiCache::ReplicationGroup': ['elasticache.amazonaws.com'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['elasticloadbalancing.amazonaws.com'],
  'AWS::RDS::DBInstance': ['rds.amazonaws.com'],
  'AWS::RDS::DBParameterGroup': ['rds.amazonaws.com'],
  'AWS::RDS::DBProxy': ['rds.amazonaws.com'],
  'AWS::RDS::DBSubnetGroup': ['rds.amazonaws.com'],
  'AWS::WAFv2::LoggingConfiguration': ['wafv2.amazonaws.com'],
};
