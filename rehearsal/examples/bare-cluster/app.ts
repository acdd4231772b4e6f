import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { App, Stack } from 'aws-cdk-lib';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, DefaultCapacityType, KubernetesVersion } from 'aws-cdk-lib/aws-eks-v2';

// A cluster with the library's own node group, and one Deployment.
const stack = new Stack(new App(), 'Bare', { env: { account: '111111111111', region: 'eu-west-1' } });
const cluster = new Cluster(stack, 'Cluster', {
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
  version: KubernetesVersion.of('1.36'),
  defaultCapacityType: DefaultCapacityType.NODEGROUP,
  defaultCapacity: 2,
  defaultCapacityInstance: new InstanceType('m5.large'),
  kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(stack, 'Kubectl') },
});
const labels = { app: 'hello' };
cluster.addManifest('Hello', {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'hello', image: 'public.ecr.aws/nginx/nginx:1.29' }] },
    },
  },
});
