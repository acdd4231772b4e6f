/** A way to more rights, or into the platform, that the CDK's own security diff does not tell. */
export interface Way {
  readonly type: string | RegExp;
  /** Of them only these properties. @default - whatever changes, and the resource itself */
  readonly properties?: readonly string[];
  /** The thing that it opens. */
  readonly to: string;
}

/**
 * Types and properties by which somebody gets more rights, or a way in.
 *
 * The CDK's diff (@aws-cdk/cloudformation-diff 2.187.4) tells permissions as far as `scrutinizable` of @aws-cdk/aws-service-spec goes: policies
 * of IAM, most policies of resources, permissions of Lambda, security groups. These are the rest. A test compares both with the schema: a
 * policy in it that neither knows fails.
 */
export const WAYS: readonly Way[] = [
  { type: 'AWS::EKS::AccessEntry', to: 'the Kubernetes API' },
  { type: 'AWS::EKS::IdentityProviderConfig', to: 'the Kubernetes API' },
  {
    type: 'AWS::EKS::Cluster',
    properties: ['AccessConfig', 'ResourcesVpcConfig', 'RoleArn'],
    to: 'the Kubernetes API',
  },
  { type: 'AWS::EKS::Capability', to: 'the Kubernetes API' },
  { type: 'AWS::EKS::PodIdentityAssociation', to: 'a role, for pods' },
  { type: 'AWS::EKS::Addon', properties: ['PodIdentityAssociations', 'ServiceAccountRoleArn'], to: 'a role, for pods' },
  { type: 'AWS::EKS::Nodegroup', properties: ['NodeRole', 'RemoteAccess'], to: 'a role, for nodes' },
  {
    type: /^AWS::IAM::(OIDCProvider|SAMLProvider|InstanceProfile|UserToGroupAddition|AccessKey|ServiceLinkedRole)$/,
    to: 'a role',
  },
  { type: 'AWS::IAM::Role', properties: ['PermissionsBoundary', 'MaxSessionDuration'], to: 'a role' },
  { type: 'AWS::IAM::User', properties: ['LoginProfile', 'Groups', 'PermissionsBoundary'], to: 'a user' },
  { type: /^AWS::RolesAnywhere::/, to: 'a role, from outside' },
  { type: /^AWS::(SSO|IdentityStore|Organizations|ControlTower)::/, to: 'the organization' },
  { type: /^AWS::RAM::/, to: 'resources, for other accounts' },
  { type: /^AWS::LakeFormation::(Principal)?Permissions$/, to: 'data' },
  { type: /^AWS::S3::Access(Grant|GrantsInstance|GrantsLocation|Point)$/, to: 'a bucket' },
  { type: /^AWS::(S3Outposts|S3Express|S3ObjectLambda|S3Files|FSx)::.*AccessPoint/, to: 'a bucket' },
  { type: 'AWS::S3::MultiRegionAccessPoint', to: 'a bucket' },
  { type: /^AWS::EFS::AccessPoint$/, to: 'files' },
  { type: 'AWS::Events::EventBusPolicy', to: 'events' },
  {
    type: /^AWS::Serverless::(Function|StateMachine)$/,
    properties: ['Policies', 'Role'],
    to: 'a role, for a function',
  },
  {
    type: 'AWS::S3::Bucket',
    properties: [
      'PublicAccessBlockConfiguration',
      'OwnershipControls',
      'AccessControl',
      'WebsiteConfiguration',
      'ReplicationConfiguration',
    ],
    to: 'a bucket',
  },
  {
    type: 'AWS::ElastiCache::User',
    properties: ['AccessString', 'AuthenticationMode', 'NoPasswordRequired', 'Passwords'],
    to: 'Redis',
  },
  { type: 'AWS::ElastiCache::UserGroup', to: 'Redis' },
  {
    type: 'AWS::ElastiCache::ReplicationGroup',
    properties: ['TransitEncryptionEnabled', 'TransitEncryptionMode', 'UserGroupIds', 'AuthToken'],
    to: 'Redis',
  },
  {
    type: /^AWS::RDS::DB(Instance|Cluster)$/,
    properties: ['PubliclyAccessible', 'EnableIAMDatabaseAuthentication', 'AssociatedRoles'],
    to: 'a database',
  },
  { type: 'AWS::RDS::DBProxy', properties: ['Auth', 'RequireTLS', 'RoleArn'], to: 'a database' },
  { type: 'AWS::SNS::Subscription', properties: ['Endpoint', 'Protocol', 'TopicArn'], to: 'messages' },
  { type: /^AWS::Logs::(AccountPolicy|Destination|SubscriptionFilter|DeliveryDestination)$/, to: 'logs' },
  { type: 'AWS::Oam::Link', to: 'logs' },
  { type: 'AWS::Lambda::Url', to: 'a function, from the internet' },
  { type: 'AWS::Lambda::Function', properties: ['Role'], to: 'a role, for a function' },
  { type: /^AWS::CodeBuild::Project$/, properties: ['ServiceRole'], to: 'a role, for a build' },
  { type: /^AWS::(CodeConnections|CodeStarConnections)::Connection$/, to: 'the delivery' },
  { type: 'AWS::CodePipeline::Pipeline', properties: ['RoleArn', 'Stages'], to: 'the delivery' },
  { type: /^AWS::Cognito::/, to: 'users' },
  {
    type: /^AWS::ElasticLoadBalancingV2::(Listener|ListenerRule|ListenerCertificate)$/,
    to: 'services, over the network',
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    properties: ['Scheme', 'SecurityGroups', 'Subnets'],
    to: 'services, over the network',
  },
  { type: /^AWS::ElasticLoadBalancingV2::TrustStore/, to: 'services, over the network' },
  { type: 'AWS::CloudFront::Distribution', to: 'sites, from the internet' },
  {
    type: /^AWS::CloudFront::(OriginAccessControl|CloudFrontOriginAccessIdentity|VpcOrigin|KeyGroup|PublicKey|TrustStore)$/,
    to: 'sites, from the internet',
  },
  { type: /^AWS::WAFv2::(WebACL|WebACLAssociation|IPSet|RuleGroup)$/, to: 'sites, from the internet' },
  { type: /^AWS::Route53::(RecordSet|RecordSetGroup|HostedZone|TrafficPolicy|TrafficPolicyInstance)$/, to: 'names' },
  { type: /^AWS::Route53GlobalResolver::Access(Source|Token)$/, to: 'names' },
  { type: 'AWS::CertificateManager::Certificate', to: 'names' },
  { type: /^AWS::ApiGateway(V2)?::/, to: 'an API, from the internet' },
  { type: 'AWS::EC2::Subnet', properties: ['MapPublicIpOnLaunch'], to: 'the network' },
  { type: 'AWS::EC2::Route', to: 'the network' },
  {
    type: /^AWS::EC2::(InternetGateway|EgressOnlyInternetGateway|VPCGatewayAttachment|VPCPeeringConnection|EIP|EIPAssociation|NetworkAclEntry|VPCEndpointService|VPCEndpointServicePermissions|TransitGatewayAttachment|TransitGatewayVpcAttachment|VPNConnection|ClientVpnEndpoint|ClientVpnAuthorizationRule|NetworkInterfacePermission|SnapshotBlockPublicAccess|VPCBlockPublicAccess(Exclusion|Options)|EnclaveCertificateIamRoleAssociation|VerifiedAccess(Endpoint|Group|Instance|TrustProvider)|InstanceConnectEndpoint|PrefixList)$/,
    to: 'the network',
  },
  { type: /^AWS::(VpcLattice|NetworkFirewall|NetworkManager)::/, to: 'the network' },
  { type: 'AWS::SecretsManager::RotationSchedule', properties: ['RotationLambdaARN'], to: 'a secret' },
  { type: /^AWS::SecretsManager::ResourcePolicy$/, properties: ['BlockPublicPolicy'], to: 'a secret' },
  // Policies that the schema holds as text, of services that this platform does not use yet.
  {
    type: /^AWS::(OpenSearchServerless::(AccessPolicy|SecurityPolicy)|APS::ResourcePolicy|XRay::ResourcePolicy|BedrockAgentCore::(Resource)?Policy|AIOps::InvestigationGroup)$/,
    to: 'a resource',
  },
  { type: /^AWS::(Elasticsearch|OpenSearchService)::Domain$/, properties: ['AccessPolicies'], to: 'a resource' },
  { type: 'AWS::DSQL::Cluster', properties: ['PolicyDocument'], to: 'a database' },
  { type: 'AWS::ECR::RepositoryCreationTemplate', properties: ['RepositoryPolicy'], to: 'images' },
  { type: 'AWS::MediaStore::Container', properties: ['Policy'], to: 'a resource' },
  {
    type: 'AWS::ODB::OdbNetwork',
    properties: ['S3PolicyDocument', 'KmsPolicyDocument', 'StsPolicyDocument'],
    to: 'a database',
  },
  { type: 'AWS::PaymentCryptography::Key', properties: ['Policy'], to: 'a key' },
  { type: 'AWS::Transfer::User', to: 'files' },
  { type: 'AWS::Transfer::WebApp', properties: ['WebAppEndpointPolicy'], to: 'files' },
  { type: /^AWS::Comprehend::(DocumentClassifier|EntityRecognizer)$/, properties: ['ModelPolicy'], to: 'a resource' },
  {
    type: /^AWS::(ACMPCA::Permission|Bedrock::KnowledgeBasePolicy|Config::AggregationAuthorization|DataZone::PolicyGrant|EntityResolution::PolicyStatement|IoT::(Authorizer|PolicyPrincipalAttachment|ThingPrincipalAttachment|RoleAlias)|IoTSiteWise::AccessPolicy|Lambda::LayerVersionPermission|LicenseManager::Grant|ManagedBlockchain::Accessor|PCAConnectorAD::(ServicePrincipalName|TemplateGroupAccessControlEntry)|QBusiness::(DataAccessor|Permission)|QuickSight::(CustomPermissions|ApprovalPolicy)|Redshift::(EndpointAccess|EndpointAuthorization|SnapshotCopyGrant)|ServiceCatalog::(AcceptedPortfolioShare|LaunchRoleConstraint|PortfolioPrincipalAssociation|PortfolioShare)|Shield::DRTAccess|Signer::ProfilePermission|VerifiedPermissions::.*|WorkSpacesWeb::(IdentityProvider|IpAccessSettings|TrustStore|BrowserSettings))$/,
    to: 'a resource',
  },
];

/** The way that a property of a type is, or the resource itself when no property is named. */
export const wayOf = (type: string, property?: string): Way | undefined =>
  WAYS.find(
    ({ type: known, properties }) =>
      (typeof known === 'string' ? known === type : known.test(type)) &&
      (properties === undefined || (property === undefined ? true : properties.includes(property))),
  );
