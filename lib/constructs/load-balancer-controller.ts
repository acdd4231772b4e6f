import { Duration, Stack } from 'aws-cdk-lib';
import type { HelmChart, ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { Policy, PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CONTROLLERS } from '../model/cluster-pods';
import { imageRepository, LOAD_BALANCER_CHART, versionReference, type ImageVersion } from '../model/images';
import { LABELS } from '../model/labels';
import { KUBE_SYSTEM } from '../model/namespaces';
import { placement, spreadOverZones } from '../model/node-placement';
import { CLUSTER_CRITICAL } from '../model/priorities';
import { acknowledge } from './acknowledge';
import { chartSource } from './chart-source';
import { PodIdentity } from './pod-identity';

export interface LoadBalancerControllerProps {
  readonly cluster: ICluster;
  readonly vpcId: string;
  /** The version of its image in the registry of the account. */
  readonly image: ImageVersion;
}

/** Of its pods: the release, the service account, the label `app.kubernetes.io/name`. */
const NAME = 'aws-load-balancer-controller';
const { replicas, ...resources } = CONTROLLERS[NAME];
const NAMESPACE = KUBE_SYSTEM;

/**
 * Queries to AWS about a binding of addresses that leaves firewalls alone: the target group when the binding is made
 * (webhooks/elbv2), the health of its targets (pkg/targetgroupbinding), the blocks of the VPC, and whether a security group has a rule
 * of the controller's own to revoke (pkg/networking). It asks nothing when it starts, because its arguments name region and VPC
 * (pkg/aws/cloud.go). All of https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/v3.5.0
 */
const DESCRIBE = [
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'ec2:DescribeVpcs',
  'ec2:DescribeSecurityGroups',
];

/** Lets the controller register and deregister what is bound to target groups. Bindings come after it, and go before it. */
export const grantTargetRegistration = (
  scope: Construct,
  id: string,
  { role, targetGroupArns }: { readonly role: IRole; readonly targetGroupArns: readonly string[] },
): Policy =>
  new Policy(scope, id, {
    policyName: `${Stack.of(scope).stackName}-registration`, // one name in one role is one policy, whichever stack it is of
    roles: [role],
    statements: [
      new PolicyStatement({
        actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
        resources: [...targetGroupArns],
      }),
    ],
  });

/** AWS Load Balancer Controller: keeps the pods of Services registered in target groups, as TargetGroupBindings say. */
export class LoadBalancerController extends Construct {
  /** It may look at target groups, and register nothing. */
  readonly role: IRole;
  readonly chart: HelmChart;

  constructor(scope: Construct, id: string, { cluster, vpcId, image }: LoadBalancerControllerProps) {
    super(scope, id);
    const identity = new PodIdentity(this, 'Identity', { cluster, namespace: NAMESPACE, serviceAccount: NAME });
    identity.role.addToPolicy(new PolicyStatement({ actions: DESCRIBE, resources: ['*'] }));
    acknowledge(identity, 'What describes names no resource', ['AwsSolutions-IAM5[Resource::*]']);
    this.role = identity.role;

    this.chart = cluster.addHelmChart('LoadBalancerController', {
      ...chartSource(this, LOAD_BALANCER_CHART),
      release: NAME,
      namespace: NAMESPACE,
      createNamespace: false,
      wait: true, // no binding can be made before its webhooks answer
      timeout: Duration.minutes(10), // the function that installs it has 15
      values: values(Stack.of(this), cluster.clusterName, vpcId, image),
    });
    this.chart.node.addDependency(identity);
  }
}

/** https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/helm/aws-load-balancer-controller/values.yaml */
const values = (stack: Stack, clusterName: string, vpcId: string, image: ImageVersion) => ({
  clusterName,
  region: stack.region, // pods do not reach the metadata of their node
  vpcId,
  // The chart joins them by a colon, and has no field for a digest.
  image: { repository: imageRepository(stack, NAME), tag: versionReference(image) },
  serviceAccount: { create: true, name: NAME },
  replicaCount: replicas, // one leads, the other takes over
  resources,
  priorityClassName: CLUSTER_CRITICAL,
  ...placement('application'),
  ...spreadOverZones({ [LABELS.name]: NAME }),
  podDisruptionBudget: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  keepTLSSecret: true, // else each upgrade makes another certificate, and bindings are refused until pods have it
  // It serves bindings only: load balancers are made by CloudFormation.
  createIngressClassResource: false,
  enableServiceMutatorWebhook: false,
  webhookConfig: { disableIngressValidation: true },
  controllerConfig: { featureGates: { EnableServiceController: false } },
  enableShield: false,
  enableWaf: false,
  enableWafv2: false,
});
