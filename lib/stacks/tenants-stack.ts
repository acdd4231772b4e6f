import { CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { tenantRoleName } from '../config/derive/names';
import type { TenantConfig } from '../config/environment';
import { imageReference, upstreamImages } from '../model/images';
import { applyManifests, applyTogether } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import { waitForJob } from '../constructs/wait-for-job';
import { tenantWorkload } from '../kubernetes/network-paths';
import { networkPolicy, type Addresses } from '../kubernetes/network-policies';
import { JOB_DEADLINE } from '../kubernetes/one-off-job';
import { TENANT_SUSPENSION } from '../kubernetes/tenancy';
import { TENANT_ACCOUNT, tenantNamespace, tenantObjects } from '../kubernetes/tenant';
import { tenantSuspension } from '../kubernetes/tenant-suspension';
import type { ClusterStack } from './cluster-stack';
import type { EnvironmentStackProps } from './environment-stack-props';

export interface TenantsStackProps extends EnvironmentStackProps<'name' | 'region' | 'tags' | 'cluster'> {
  readonly tenants: readonly TenantConfig[];
  readonly cluster: Pick<ClusterStack, 'cluster'>;
  readonly addresses: Addresses;
}

/**
 * Some of the tenants: the objects of each in the cluster, and the AWS identity of its pods. No resource knows of a second tenant.
 *
 * It refers only to resources that no change of tenants removes, so that the last tenant can leave.
 */
export class TenantsStack extends Stack {
  constructor(scope: Construct, id: string, props: TenantsStackProps) {
    super(scope, id, props);
    const { config, tenants, addresses } = props;
    const cluster = importCluster(this, props.cluster);
    new CfnWaitConditionHandle(this, 'Stays'); // costs nothing; CloudFormation makes no stack empty
    // The role is of the stack Tenancy, which is deployed before.
    const role = { service: 'iam', region: '', resource: 'role', resourceName: tenantRoleName(config) };
    const roleArn = this.formatArn(role);
    const { kubectl } = upstreamImages(config.cluster.kubernetesVersion);

    for (const tenant of tenants) {
      const namespace = tenantNamespace(tenant.id);
      const own = new Construct(this, namespace); // a path of two parts: else `a-bc` and `ab-c` had one logical id
      const objects = tenantObjects({
        tenant,
        environment: config.tags.environment,
        networkPolicies: [networkPolicy(tenantWorkload(namespace), addresses)],
      });
      const bundle = applyTogether(cluster, namespace, objects);
      new CfnPodIdentityAssociation(own, 'Identity', {
        clusterName: cluster.clusterName,
        namespace,
        serviceAccount: TENANT_ACCOUNT,
        roleArn,
      });
      if (tenant.status !== 'suspended') continue;
      const job = tenantSuspension({ id: tenant.id, image: imageReference(this, 'kubectl', kubectl) });
      const applied = applyManifests(cluster, [job], [TENANT_SUSPENSION.namespace]).get(job)!;
      applied.node.addDependency(bundle); // else its pods could be replaced
      waitForJob(own, 'Suspended', { cluster, job, applied, deadline: JOB_DEADLINE });
    }
  }
}
