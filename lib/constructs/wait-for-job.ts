import { Duration } from 'aws-cdk-lib';
import { KubernetesObjectValue, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct, IDependable } from 'constructs';

export interface WaitForJobProps {
  readonly cluster: ICluster;
  readonly job: { readonly metadata: { readonly name: string; readonly namespace?: string } };
  /** The resource that applies the Job. */
  readonly applied: IDependable;
  /** Seconds after which the Job has ended, one way or the other: less than 15 minutes. */
  readonly deadline: number;
}

/** Applied is not done: resources that need a Job wait for this, until the Job has succeeded, and fail with it. */
export const waitForJob = (
  scope: Construct,
  id: string,
  { cluster, job, applied, deadline }: WaitForJobProps,
): IDependable => {
  const value = new KubernetesObjectValue(scope, id, {
    cluster,
    objectType: 'job',
    objectName: job.metadata.name,
    objectNamespace: job.metadata.namespace!,
    jsonPath: '.status.succeeded',
    timeout: Duration.seconds(deadline + 60),
  });
  value.node.addDependency(applied);
  return value;
};
