import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { App, Stack } from 'aws-cdk-lib';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, DefaultCapacityType, KubernetesVersion } from 'aws-cdk-lib/aws-eks-v2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, MysqlEngineVersion } from 'aws-cdk-lib/aws-rds';

// A database in one stack; a cluster beside it, with a Helm chart and a namespace, in another.
const app = new App();
const env = { account: '222222222222', region: 'eu-central-1' };
const data = new Stack(app, 'Data', { env });
const vpc = new Vpc(data, 'Vpc', { maxAzs: 3, natGateways: 1 });
const database = new DatabaseInstance(data, 'Database', {
  vpc,
  engine: DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.of('8.4.9', '8.4') }),
  instanceType: new InstanceType('t4g.micro'),
  credentials: Credentials.fromGeneratedSecret('admin'),
  storageEncrypted: true,
});

const apps = new Stack(app, 'Apps', { env });
const cluster = new Cluster(apps, 'Cluster', {
  vpc,
  version: KubernetesVersion.of('1.36'),
  defaultCapacityType: DefaultCapacityType.NODEGROUP,
  defaultCapacity: 3,
  defaultCapacityInstance: new InstanceType('m5.large'),
  kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(apps, 'Kubectl') },
});
cluster.connections.allowToDefaultPort(database);
const namespace = cluster.addManifest('Namespace', {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop' },
});
cluster
  .addHelmChart('Podinfo', {
    repository: 'https://stefanprodan.github.io/podinfo',
    chart: 'podinfo',
    version: '6.9.2',
    release: 'podinfo',
    namespace: 'shop',
    createNamespace: false,
    values: { replicaCount: 3 },
  })
  .node.addDependency(namespace);
