import { readFileSync } from 'node:fs';
import {
  Validations,
  type CfnResource,
  type App,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
} from 'aws-cdk-lib';
import { AwsSolutionsChecks, NagMessageLevel, NagPack, rules } from 'cdk-nag';

/** Checks every stack of the app, those in Stages too, whenever it is synthesized: a finding stops it. */
export const policy = (app: App): void =>
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new CopyChecks(app), new ClusterChecks());

/** Rules of NIST 800-53, revision 5, on copies of data, and the requirements of the standard that each checks. */
const COPY_RULES = [
  { rule: rules.rds.RDSInBackupPlan, info: 'The RDS instance is in no backup plan of its stack' },
  { rule: rules.ec2.EC2EBSInBackupPlan, info: 'The EBS volume is in no backup plan of its stack' },
  { rule: rules.efs.EFSInBackupPlan, info: 'The EFS file system is in no backup plan of its stack' },
  { rule: rules.dynamodb.DynamoDBInBackupPlan, info: 'The DynamoDB table is in no backup plan of its stack' },
  { rule: rules.s3.S3BucketReplicationEnabled, info: 'The S3 bucket is not replicated to another region' },
];

/** The rules on copies alone: others of the standard repeat those above, or need what the platform does otherwise. */
class CopyChecks extends NagPack {
  readonly name = 'NIST.800.53.R5';

  constructor(app: App) {
    super(app);
    this.packName = this.name;
  }

  protected checkResource(node: CfnResource) {
    for (const { rule, info } of COPY_RULES)
      this.applyRule({
        rule,
        node,
        info,
        explanation: 'CP-9, CP-10: what is lost here can be brought back from elsewhere.',
        level: NagMessageLevel.ERROR,
      });
  }
}

/** Properties of AWS::EKS::Cluster as the rules read them in a template. */
interface ClusterProperties {
  readonly ResourcesVpcConfig?: { EndpointPublicAccess?: boolean; PublicAccessCidrs?: string[] };
  readonly Logging?: { ClusterLogging?: { EnabledTypes?: { Type: string }[] } };
  readonly EncryptionConfig?: { Resources?: string[]; Provider?: { KeyArn?: unknown } }[];
}

interface ClusterRule {
  readonly ruleName: string;
  readonly description: string;
  readonly fix: string;
  readonly location: string;
  readonly complies: (cluster: ClusterProperties) => boolean;
}

/** No organization has a larger network than a /8; two halves of the internet are the internet. */
const isNetworkOfPeople = (cidr: string) => Number(cidr.split('/')[1]) >= 8;

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const CLUSTER_RULES: readonly ClusterRule[] = [
  {
    ruleName: 'Platform-EKS1',
    description: 'The Kubernetes API endpoint is open to the internet',
    fix: 'Keep the endpoint private, or list the networks that may reach it in cluster.publicEndpointCidrs',
    location: 'Properties/ResourcesVpcConfig',
    complies: ({ ResourcesVpcConfig: { EndpointPublicAccess = true, PublicAccessCidrs = [] } = {} }) =>
      !EndpointPublicAccess || (PublicAccessCidrs.length > 0 && PublicAccessCidrs.every(isNetworkOfPeople)),
  },
  {
    ruleName: 'Platform-EKS2',
    description: 'The control plane does not write all types of logs, so nobody can tell who did what',
    fix: `Enable ${LOG_TYPES.join(', ')}`,
    location: 'Properties/Logging',
    complies: ({ Logging }) => {
      const enabled = Logging?.ClusterLogging?.EnabledTypes?.map(({ Type }) => Type) ?? [];
      return LOG_TYPES.every((type) => enabled.includes(type));
    },
  },
  {
    ruleName: 'Platform-EKS3',
    description: 'Kubernetes secrets are not encrypted with a key of the account',
    fix: 'Set secretsEncryptionKey; EKS accepts it only when it creates the cluster',
    location: 'Properties/EncryptionConfig',
    complies: ({ EncryptionConfig = [] }) =>
      EncryptionConfig.some(
        ({ Resources = [], Provider }) => Resources.includes('secrets') && Provider?.KeyArn !== undefined,
      ),
  },
];

/** Rules on clusters. Those of cdk-nag look for the older aws-eks module and stay silent on a cluster of aws-eks-v2. */
class ClusterChecks implements IPolicyValidationPlugin {
  readonly name = 'Platform';
  readonly ruleIds = CLUSTER_RULES.map(({ ruleName }) => ruleName);

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const clusters = templatePaths.flatMap((templatePath) =>
      Object.entries(resources(templatePath))
        .filter(([, { Type }]) => Type === 'AWS::EKS::Cluster')
        .map(([resourceLogicalId, { Properties = {} }]) => ({
          templatePath,
          resourceLogicalId,
          properties: Properties,
        })),
    );
    const violations = CLUSTER_RULES.map(({ complies, location, ...rule }) => ({
      ...rule,
      violatingResources: clusters
        .filter(({ properties }) => !complies(properties))
        .map(({ templatePath, resourceLogicalId }) => ({ templatePath, resourceLogicalId, locations: [location] })),
    })).filter(({ violatingResources }) => violatingResources.length > 0);
    return { success: violations.length === 0, violations };
  }
}

const resources = (templatePath: string): Record<string, { Type: string; Properties?: ClusterProperties }> =>
  JSON.parse(readFileSync(templatePath, 'utf8')).Resources ?? {};
