import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Cluster, KubernetesVersion } from 'aws-cdk-lib/aws-eks-v2';
import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { importCluster } from '../../lib/constructs/import-cluster';
import { newApp, templateOf } from '../assemblies/synthesize';

const app = newApp();
const owner = new Stack(app, 'Owner');
const cluster = new Cluster(owner, 'Cluster', {
  vpc: new Vpc(owner, 'Vpc'),
  version: KubernetesVersion.V1_36,
  kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(owner, 'Kubectl') },
});
const user = new Stack(app, 'User');
const handle = importCluster(user, { cluster });
handle.addManifest('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
const data = new Stack(app, 'Data');
const database = new SecurityGroup(data, 'Database', { vpc: cluster.vpc });
handle.connections.allowTo(database, Port.tcp(3306));

test('manifests belong to the calling stack', () => {
  templateOf(user).resourceCountIs('Custom::AWSCDK-EKS-KubernetesResource', 1);
  templateOf(owner).resourceCountIs('Custom::AWSCDK-EKS-KubernetesResource', 0);
});

test('firewall rules belong to the calling stack, and are not left out', () => {
  templateOf(user).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 3306 });
  templateOf(data).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
});
