import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { tenantRoleName } from '../config/derive/names';
import { applyManifests } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import { TenantRole } from '../constructs/tenant-role';
import { tenancyObjects, TENANT_SERVICE } from '../kubernetes/tenancy';
import { tenantAdmission } from '../kubernetes/tenant-admission';
import { TENANT_ACCOUNT, tenantNamespace } from '../kubernetes/tenant';
import type { ClusterStack } from './cluster-stack';
import type { EnvironmentStackProps } from './environment-stack-props';
import type { SecretsStack } from './secrets-stack';
import type { StorageStack } from './storage-stack';

export interface TenancyStackProps extends EnvironmentStackProps<'name' | 'region' | 'cluster'> {
  readonly cluster: Pick<ClusterStack, 'cluster'>;
  /** Each tenant has a prefix in the bucket of uploads. */
  readonly storage: Pick<StorageStack, 'uploads'>;
  readonly secrets: Pick<SecretsStack, 'tenants'>;
}

/** Objects that all tenants share: roles in the cluster, and their AWS identity. Knows no tenant. */
export class TenancyStack extends Stack {
  constructor(scope: Construct, id: string, props: TenancyStackProps) {
    super(scope, id, props);
    const { config, storage, secrets } = props;
    const cluster = importCluster(this, props.cluster);
    const objects = [...tenancyObjects(), ...tenantAdmission(config.cluster.kubernetesVersion)];
    applyManifests(cluster, objects, [TENANT_SERVICE.namespace]);
    new TenantRole(this, 'Pods', {
      roleName: tenantRoleName(config),
      clusterName: cluster.clusterName,
      namespaces: tenantNamespace('*'),
      serviceAccount: TENANT_ACCOUNT,
      uploads: storage.uploads,
      secretsFolder: secrets.tenants.folder,
      secretsKey: secrets.tenants.key,
    });
  }
}
