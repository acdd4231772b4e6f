import { Stack } from 'aws-cdk-lib';
import { CfnPodIdentityAssociation, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement, Role, ServicePrincipal, SessionTagsPrincipal, type PrincipalBase } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface PodsProps {
  readonly clusterName: string;
  /** Their namespace, or a pattern of namespaces like `tenant-*`. */
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * The principal of a role for EKS Pod Identity: the pods of one service account, by the tags that EKS puts on their sessions. Without
 * the tags, an association of any cluster of the account would hand the role out.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export const pods = ({ clusterName, namespace, serviceAccount }: PodsProps): PrincipalBase => {
  const cluster = { 'aws:RequestTag/eks-cluster-name': clusterName };
  const where = { 'aws:RequestTag/kubernetes-namespace': namespace };
  const who = { 'aws:RequestTag/kubernetes-service-account': serviceAccount };
  return new SessionTagsPrincipal(new ServicePrincipal('pods.eks.amazonaws.com')).withConditions(
    namespace.includes('*')
      ? { StringEquals: { ...cluster, ...who }, StringLike: where }
      : { StringEquals: { ...cluster, ...where, ...who } },
  );
};

export interface PodIdentityProps {
  readonly cluster: ICluster;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** The AWS identity of a service account: a role of its own, which nothing else can assume. */
export class PodIdentity extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { cluster, namespace, serviceAccount }: PodIdentityProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: `Pods of ${namespace}/${serviceAccount}`,
      assumedBy: pods({ clusterName: cluster.clusterName, namespace, serviceAccount }),
    });
    new CfnPodIdentityAssociation(this, 'Association', {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount,
      roleArn: this.role.roleArn,
    });
  }

  /**
   * Lets the pods read secrets. Only this side says so: the grants of the library would write the role into the policy of the
   * secrets' keys too, and so make the stack of the data depend on that of its reader.
   */
  mayRead(secrets: readonly ISecret[]): void {
    const keys = new Set(secrets.flatMap(({ encryptionKey }) => encryptionKey?.keyArn ?? []));
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        resources: secrets.map(({ secretArn }) => secretArn),
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [...keys],
        conditions: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.${Stack.of(this).urlSuffix}` },
        },
      }),
    );
  }
}
