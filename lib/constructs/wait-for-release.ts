import { Duration } from 'aws-cdk-lib';
import { KubernetesObjectValue, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct, IDependable } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { APP_LABEL, RELEASE_LABEL } from '../model/labels';

/** Seconds until a pod of a release has to be available: less than the 15 minutes that the function runs which waits for it. */
const PATIENCE = 720;

export interface WaitForReleaseProps {
  readonly cluster: ICluster;
  /** Its pods have the label of their release. */
  readonly deployment: Deployment;
  /** The resources that apply the Deployment, and what leads requests to its pods. */
  readonly applied: readonly IDependable[];
}

/**
 * Fails the deployment if no pod of a release becomes available: `kubectl apply` succeeds as soon as the API server has the object.
 *
 * It asks for the ReplicaSet of the release, because the Deployment tells only whether the old and the new pods together are enough. One
 * available pod is enough: a rollout of many pods takes longer than a function may run.
 */
export const waitForRelease = (
  scope: Construct,
  id: string,
  { cluster, deployment, applied }: WaitForReleaseProps,
): IDependable => {
  const { [APP_LABEL]: app, [RELEASE_LABEL]: release } = deployment.spec!.template.metadata!.labels!;
  if (release === undefined)
    throw new Error(`The pods of ${app} have no label ${RELEASE_LABEL}: add it, see serviceObjects`);
  const value = new KubernetesObjectValue(scope, id, {
    cluster,
    objectType: 'replicasets',
    // In place of a name, which the Deployment chooses: `kubectl get` takes both, and another release is another question.
    objectName: `--selector=${APP_LABEL}=${app},${RELEASE_LABEL}=${release}`,
    objectNamespace: deployment.metadata!.namespace!,
    jsonPath: '.items[?(@.status.availableReplicas)].metadata.name', // the field is missing while it is 0
    timeout: Duration.seconds(PATIENCE),
  });
  value.node.addDependency(...applied);
  return value;
};
