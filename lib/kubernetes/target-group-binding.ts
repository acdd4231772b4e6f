import { HTTP_PORT } from '../model/services';
import type { Manifest } from './manifest';
import { labelled, type WorkloadIdentity } from './objects/labels';

/** A TargetGroupBinding: AWS Load Balancer Controller keeps the pods of a Service registered in a target group. Its kind comes with the controller. */
interface TargetGroupBinding {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string };
  /** Without `networking`: the firewall is CloudFormation's. */
  spec: {
    serviceRef: { name: string; port: number };
    targetGroupARN: string;
    targetType: 'ip';
  };
}

export interface TargetGroupBindingProps {
  /** Of the binding and of its Service. */
  readonly name: string;
  readonly namespace: string;
  /** The workload to which the pods belong. */
  readonly workload: WorkloadIdentity;
  readonly targetGroupArn: string;
  /** Port of the Service. @default - that of the Services of the platform's services */
  readonly port?: number;
}

/** The pods of a Service, in a target group. */
export const targetGroupBinding = ({
  name,
  namespace,
  workload,
  targetGroupArn,
  port = HTTP_PORT,
}: TargetGroupBindingProps): Manifest<TargetGroupBinding> =>
  labelled(workload, {
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { name, namespace },
    spec: {
      serviceRef: { name, port },
      targetGroupARN: targetGroupArn,
      targetType: 'ip',
    },
  });

/** Condition of a pod: healthy in the target group of a binding. Only if it lists it, the controller tells it. */
export const targetHealth = (binding: string): string => `target-health.elbv2.k8s.aws/${binding}`;
