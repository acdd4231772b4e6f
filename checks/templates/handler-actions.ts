import type { TypeSchema } from '../../rehearsal/src/provider/schemas';

const codebuild = (action: string): readonly string[] => [`codebuild:${action}`, 'codebuild:BatchGetProjects'];

/** Actions that handlers call although the registry does not list them. */
export const ADDED: Readonly<Record<string, TypeSchema['handlers']>> = {
  // The developer guide of CloudFront, "Standard logging (v2)".
  'AWS::Logs::DeliverySource': {
    create: ['cloudfront:AllowVendedLogDeliveryForResource'],
    update: ['cloudfront:AllowVendedLogDeliveryForResource'],
  },
  // CloudFormation itself handles the type: the registry has no handlers.
  'AWS::CodeBuild::Project': {
    create: [...codebuild('CreateProject'), 'iam:PassRole'],
    read: ['codebuild:BatchGetProjects'],
    update: [...codebuild('UpdateProject'), 'iam:PassRole'],
    delete: codebuild('DeleteProject'),
  },
  // Connections have ARNs of `codeconnections` since 2024; the registry has the name that the service had before. The user guide of the
  // developer tools console, "IAM permissions reference for connections".
  'AWS::CodePipeline::Pipeline': {
    create: ['codeconnections:PassConnection'],
    update: ['codeconnections:PassConnection'],
  },
  // The function of a hosted rotation is in a nested stack, which the transform brings: the user guide of CloudFormation,
  // "AWS::SecretsManager transform". The stack contains a function, its role, and a permission for Secrets Manager.
  'AWS::SecretsManager::RotationSchedule': {
    create: ['cloudformation:CreateStack', 'cloudformation:CreateChangeSet', 'lambda:AddPermission'],
    update: ['cloudformation:UpdateStack', 'cloudformation:CreateChangeSet', 'lambda:AddPermission'],
    delete: ['cloudformation:DeleteStack', 'lambda:RemovePermission'],
  },
  // The user guide of CloudFormation, "AWS Lambda-backed custom resources".
  'Custom::': {
    create: ['lambda:InvokeFunction'],
    update: ['lambda:InvokeFunction'],
    delete: ['lambda:InvokeFunction'],
  },
};

const COPIES = ['rds:db', 'rds:auto-backup'];

const BALANCER = 'elasticloadbalancing:loadbalancer/app/';
const BALANCED = [
  BALANCER,
  'elasticloadbalancing:targetgroup',
  'elasticloadbalancing:listener/app',
  'elasticloadbalancing:listener-rule/app',
];

/**
 * Resources of actions, where the data is wrong: of actions that the Classic Load Balancer has too, it knows only those for that one.
 * Service Authorization Reference, "AWS Elastic Load Balancing V2".
 */
export const ON: Readonly<Record<string, readonly string[]>> = {
  // Service Authorization Reference, "Amazon RDS": both, of which the registry's data has the first one only.
  'rds:StartDBInstanceAutomatedBackupsReplication': COPIES,
  'rds:StopDBInstanceAutomatedBackupsReplication': COPIES,
  'elasticloadbalancing:AddTags': BALANCED,
  'elasticloadbalancing:RemoveTags': BALANCED,
  'elasticloadbalancing:CreateLoadBalancer': [BALANCER],
  'elasticloadbalancing:DeleteLoadBalancer': [BALANCER],
  'elasticloadbalancing:ModifyLoadBalancerAttributes': [BALANCER],
};

/**
 * Actions that handlers call only for things that no template of the platform has, by the beginning of the action's name. A further
 * action that no template's resource explains is an error of `npm run provider-schemas`: it belongs here with a reason, or among the
 * others.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'acm-pca:': 'certificates of a private authority',
  'billing:GetBillingViewData': 'budgets of a billing view',
  'cloudfront:GetConnectionGroup': 'distributions of several tenants',
  'codestar-connections:PassConnection': 'connections from before 2024',
  'codewhisperer:': 'logs of other services',
  'workmail:': 'logs of other services',
  'mpa:': 'vaults whose restores several people approve',
  'cognito-idp:': 'listeners that sign people in',
  'docdb-elastic:': 'secrets of DocumentDB',
  'ec2:AllocateIpamPoolCidr': 'blocks from IPAM',
  'elasticfilesystem:': 'functions with a file system',
  's3files:': 'functions with a file system',
  'firehose:PutRecord': 'logs that go to Firehose',
  'firehose:TagDeliveryStream': 'logs that go to Firehose',
  'iam:AddRoleToInstanceProfile': 'EKS Auto Mode',
  'iam:CreateInstanceProfile': 'EKS Auto Mode',
  'iam:DeleteInstanceProfile': 'EKS Auto Mode',
  'iam:GetInstanceProfile': 'EKS Auto Mode',
  'iam:RemoveRoleFromInstanceProfile': 'EKS Auto Mode',
  'iam:TagInstanceProfile': 'EKS Auto Mode',
  'iam:AttachGroupPolicy': 'policies of groups',
  'iam:DeleteGroupPolicy': 'policies of groups',
  'iam:DetachGroupPolicy': 'policies of groups',
  'iam:GetGroupPolicy': 'policies of groups',
  'iam:PutGroupPolicy': 'policies of groups',
  'iam:AttachUserPolicy': 'policies of users',
  'iam:DeleteUserPolicy': 'policies of users',
  'iam:DetachUserPolicy': 'policies of users',
  'iam:GetUserPolicy': 'policies of users',
  'iam:PutUserPolicy': 'policies of users',
  'lambda:GetCodeSigningConfig': 'functions whose code is signed',
  'lambda:PassCapacityProvider': 'functions on instances of the account',
  'rds:DescribeDBClusters': 'clusters of Aurora',
  'rds:DescribeDBClusterSnapshots': 'clusters of Aurora',
  redshift: 'secrets of Redshift',
  'route53:DeleteQueryLoggingConfig': 'zones whose queries are logged',
  's3:PutBucketReplication': 'buckets that are replicated',
  's3tables:': 'metadata tables of buckets',
  'sts:AssumeRole': 'no role is assumed: CloudFront has its service-linked role',
  'vpc-lattice:': 'endpoints of service networks',
};
