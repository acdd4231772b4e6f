import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import { pods } from './pod-identity';

export interface TenantRoleProps {
  readonly roleName: string;
  readonly clusterName: string;
  /** Names of the tenants' namespaces, e.g. `tenant-*`. */
  readonly namespaces: string;
  /** Service account of their pods. */
  readonly serviceAccount: string;
  /** Where each tenant has the prefix `NAMESPACE/`; encrypted with a key. */
  readonly uploads: IBucket;
  /** Folder of secrets in which each tenant has `NAMESPACE/`. */
  readonly secretsFolder: string;
  /** The key of these secrets, and of no others. */
  readonly secretsKey: IKey;
}

/** The namespace of the pod that asks, as EKS Pod Identity has put it on its session: IAM puts it in when it decides. */
const OWN = '${aws:PrincipalTag/kubernetes-namespace}';

/**
 * The one AWS identity of all tenants' pods: its access depends on the namespace of the pod that assumes it. Its name is fixed, so
 * that stacks name it without holding on to this one.
 */
export class TenantRole extends Construct {
  constructor(scope: Construct, id: string, props: TenantRoleProps) {
    super(scope, id);
    const { roleName, clusterName, namespaces, serviceAccount, uploads, secretsFolder, secretsKey } = props;
    const { region, urlSuffix } = Stack.of(this);
    const ownObjects = uploads.arnForObjects(`${OWN}/*`);
    const folderArn = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: secretsFolder,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const ownSecrets = `${folderArn}/${OWN}/*`;
    const via = (service: string) => ({ 'kms:ViaService': `${service}.${region}.${urlSuffix}` });

    const role = new Role(this, 'Role', {
      roleName,
      description: `Pods of the tenants of ${clusterName}`,
      assumedBy: pods({ clusterName, namespace: namespaces, serviceAccount }),
    });
    const statements = [
      {
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        resources: [ownObjects],
      },
      {
        actions: ['s3:ListBucket'],
        resources: [uploads.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${OWN}/*` } }, // without a prefix, it would be the whole bucket
      },
      {
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [uploads.encryptionKey!.keyArn],
        conditions: { StringEquals: via('s3') },
      },
      { actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], resources: [ownSecrets] },
      {
        actions: ['kms:Decrypt'],
        resources: [secretsKey.keyArn],
        conditions: {
          StringEquals: via('secretsmanager'),
          StringLike: { 'kms:EncryptionContext:SecretARN': ownSecrets },
        },
      },
    ];
    for (const statement of statements) role.addToPolicy(new PolicyStatement(statement));
    acknowledge(
      role,
      'Everything that belongs to the tenant that asks, and to no other',
      [exportOf(uploads, uploads.bucketArn), folderArn].map(
        (arn) => `AwsSolutions-IAM5[Resource::${arn}/<aws:PrincipalTag/kubernetes-namespace>/*]`,
      ),
    );
  }
}

/** The name under which another stack hands out a value, as findings have it. */
const exportOf = (owner: IConstruct, value: string): string =>
  Stack.of(owner).resolve(Stack.of(owner).exportValue(value))['Fn::ImportValue'];
