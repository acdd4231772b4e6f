import { CfnResource } from 'aws-cdk-lib';
import { KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import type { IConstruct } from 'constructs';

/** The property of a manifest that changes nothing but the manifest: the function that applies it reads others (aws-cdk-lib 2.276.0). */
const PROPERTY = 'AppliedAgain';

/**
 * Has the next deployment apply every Kubernetes object, whatever the cluster has by now.
 *
 * CloudFormation looks at no cluster: it applies a manifest that differs from the deployed template, and no other one. So an object that
 * somebody deleted would stay away. The deployment after that leaves the property out, and applies everything once more.
 * @param mark any text; one that the templates have already changes nothing
 */
export const applyAgain = (scope: IConstruct, mark: string): void => {
  for (const manifest of scope.node.findAll().filter((construct) => construct instanceof KubernetesManifest))
    for (const resource of manifest.node.findAll().filter(CfnResource.isCfnResource))
      resource.addPropertyOverride(PROPERTY, mark);
};
