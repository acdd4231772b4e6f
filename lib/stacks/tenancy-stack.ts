import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { applyManifests } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import { TenantRole } from '../constructs/tenant-role';
import { tenancyObjects, TENANT_SERVICE } from '../kubernetes/tenancy';
import { tenantAdmission } from '../kubernetes/tenant-admission';
import { TENANT_ACCOUNT, tenantNamespace } from '../kubernetes/tenant';
import type { TenantSecrets } from './secrets-stack';

export interface TenancyStackProps extends StackProps {
  readonly cluster: ICluster;
  /** Where tenants have their prefixes. */
  readonly uploads: IBucket;
  /** Where tenants have their secrets. */
  readonly secrets: TenantSecrets;
  /** Name of the role of the tenants' pods. */
  readonly roleName: string;
  readonly kubernetesVersion: string;
}

/** What all tenants share: rights in the cluster, and their AWS identity. Knows no tenant. */
export class TenancyStack extends Stack {
  constructor(scope: Construct, id: string, stackProps: TenancyStackProps) {
    const { cluster: shared, uploads, secrets, roleName, kubernetesVersion, ...props } = stackProps;
    super(scope, id, props);
    const cluster = importCluster(this, shared);
    applyManifests(cluster, [...tenancyObjects(), ...tenantAdmission(kubernetesVersion)], [TENANT_SERVICE.namespace]);
    new TenantRole(this, 'Pods', {
      roleName,
      clusterName: cluster.clusterName,
      namespaces: tenantNamespace('*'),
      serviceAccount: TENANT_ACCOUNT,
      uploads,
      secretsFolder: secrets.folder,
      secretsKey: secrets.key,
    });
  }
}
