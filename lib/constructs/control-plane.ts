import { RemovalPolicy, Stack, type CfnElement } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AccessPolicy,
  AccessScopeType,
  Cluster,
  ClusterLoggingTypes,
  DefaultCapacityType,
  EndpointAccess,
  KubernetesVersion,
  type CfnCluster,
} from 'aws-cdk-lib/aws-eks-v2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import type { ClusterConfig } from '../config/environment';
import { FIRST_ZONES } from '../model/subnets';
import { kubernetesRelease } from '../model/versions';
import { acknowledge, awsManagedPolicy } from './acknowledge';
import { removalPolicy } from './removal-policy';

export interface ControlPlaneProps {
  readonly vpc: IVpc;
  readonly clusterName: string;
  readonly config: ClusterConfig;
  /** EKS refuses to delete the cluster until a deployment has switched this off. */
  readonly deletionProtection: boolean;
  /** Keep the control plane logs when the stack is deleted. */
  readonly retainLogs: boolean;
}

/**
 * The EKS control plane: private, its secrets encrypted with a key of its own, everything that it does logged.
 *
 * Access entries admit the administrators of the configuration, and the function that applies manifests.
 */
export class ControlPlane extends Construct {
  readonly cluster: Cluster;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    const { vpc, clusterName, config, deletionProtection, retainLogs } = props;

    const release = kubernetesRelease(config.kubernetesVersion);
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/eks/${clusterName}/cluster`, // the name that EKS writes to
      retention: config.controlPlaneLogRetentionDays,
      removalPolicy: removalPolicy(retainLogs),
    });
    const key = new Key(this, 'SecretsKey', {
      description: `Kubernetes secrets of ${clusterName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY, // of no use without the cluster; KMS keeps it for another 30 days
    });

    this.cluster = new Cluster(this, 'Cluster', {
      clusterName,
      version: KubernetesVersion.of(config.kubernetesVersion),
      vpc,
      // EKS takes no subnet of a zone in which the cluster did not begin: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
      vpcSubnets: [{ subnets: vpc.privateSubnets.slice(0, FIRST_ZONES) }],
      serviceIpv4Cidr: config.serviceCidr,
      endpointAccess:
        config.publicEndpointCidrs.length > 0
          ? EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom(...config.publicEndpointCidrs)
          : EndpointAccess.PRIVATE,
      secretsEncryptionKey: key,
      clusterLogging: Object.values(ClusterLoggingTypes),
      defaultCapacityType: DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      bootstrapSelfManagedAddons: false,
      bootstrapClusterCreatorAdminPermissions: false,
      kubectlProviderOptions: {
        kubectlLayer: new release.kubectlLayer(this, 'Kubectl'),
      },
      prune: false, // one object per construct leaves nothing to prune
    });
    const resource = this.cluster.node.defaultChild as CfnCluster;
    // Standard: at its end EKS upgrades the cluster instead of charging for extended support, which cannot be left.
    resource.upgradePolicy = { supportType: release.support === 'standard' ? 'STANDARD' : 'EXTENDED' };
    resource.deletionProtection = deletionProtection;
    resource.node.addDependency(logs); // else EKS makes the log group itself, to be kept forever

    for (const roleArn of config.administratorRoleArns)
      this.cluster.grantAccess(`Administrator-${roleArn.split(':role/')[1]?.replaceAll('/', '-')}`, roleArn, [
        AccessPolicy.fromAccessPolicyName('AmazonEKSClusterAdminPolicy', { accessScopeType: AccessScopeType.CLUSTER }),
      ]);

    // The log groups of the functions that apply manifests would stay for two years, whatever becomes of the stack. What
    // the functions write after their group is gone, they write to a new one, so the last manifest goes before it.
    const manifests = this.cluster.node.findChild('KubectlReadyBarrier');
    for (const group of this.cluster.node.findAll().filter((child) => child instanceof CfnLogGroup)) {
      group.retentionInDays = config.controlPlaneLogRetentionDays;
      group.applyRemovalPolicy(removalPolicy(retainLogs));
      manifests.node.addDependency(group);
    }
    acknowledgeLibrary(this.cluster);
  }
}

/** Findings on what the library makes around a cluster, which it offers no way to change. */
const acknowledgeLibrary = (cluster: Cluster) => {
  acknowledge(cluster, 'What EKS requires of the role of a cluster, kept in step by AWS', [
    awsManagedPolicy('AmazonEKSClusterPolicy'),
  ]);
  acknowledge(cluster, 'The only way to name what is encrypted', ['CloudFormation-Validate::W9009']);

  const provider = cluster.node.findChild('KubectlProvider');
  const handler = provider.node.findChild('Handler');
  const logicalId = (element: IConstruct) => Stack.of(cluster).getLogicalId(element as CfnElement);
  const ecrPublic = logicalId(handler.node.findChild('HasEcrPublic'));
  acknowledge(handler, 'The library chooses the newest Python that every region has', ['AwsSolutions-L1']);
  acknowledge(provider, 'What the library gives to the functions that apply manifests', [
    `AwsSolutions-IAM5[Resource::<${logicalId(handler.node.defaultChild!)}.Arn>:*]`,
    awsManagedPolicy('service-role/AWSLambdaBasicExecutionRole'),
    awsManagedPolicy('service-role/AWSLambdaVPCAccessExecutionRole'),
    awsManagedPolicy('AmazonEC2ContainerRegistryReadOnly'),
    `AwsSolutions-IAM4[Policy::{"Fn::If":["${ecrPublic}",{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},` +
      '":iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly"]]},{"Ref":"AWS::NoValue"}]}]',
  ]);
};
