import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment';
import { applyManifests } from '../constructs/apply-manifests';
import { importCluster } from '../constructs/import-cluster';
import { API_GATEWAY_SECRET, apiGateway } from '../kubernetes/api-gateway';
import { namespaces } from '../kubernetes/namespaces';

export interface WorkloadsStackProps extends StackProps {
  readonly config: Pick<EnvironmentConfig, 'services' | 'tags' | 'extraNamespaces'>;
  readonly cluster: ICluster;
}

/** What runs on the cluster. Stateless: safe to delete and to deploy again. */
export class WorkloadsStack extends Stack {
  constructor(scope: Construct, id: string, { config, cluster, ...props }: WorkloadsStackProps) {
    super(scope, id, props);
    const { imageTag, ...gateway } = config.services['api-gateway'];

    applyManifests(importCluster(this, cluster), [
      ...namespaces(config),
      ...apiGateway({
        ...gateway,
        image: `${this.account}.dkr.ecr.${this.region}.amazonaws.com/platform/api-gateway:${imageTag}`,
      }),
    ]);

    const { namespace, name, variables } = API_GATEWAY_SECRET;
    new CfnOutput(this, 'SecretsToProvide', {
      description: 'Kubernetes Secrets that the operator creates before pods can start: namespace/name: keys',
      value: `${namespace}/${name}: ${Object.values(variables).join(', ')}`,
    });
  }
}
