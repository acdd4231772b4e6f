import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, KubernetesVersion } from 'aws-cdk-lib/aws-eks-v2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { upstreamImages } from '../../lib/model/images';
import { GrafanaStack } from '../../lib/stacks/grafana-stack';
import { SecretsStack } from '../../lib/stacks/secrets-stack';
import { SAMPLES } from '../sample';
import { newApp, templateOf } from '../assemblies/synthesize';
import type { Kind } from '../kinds';
import { appliedBy, idsOf, ordered, propertiesOf, type CfnResource, type Json } from '../synth';
import { traffic } from '../traffic';

const TARGETS = 'arn:aws:elasticloadbalancing:eu-north-1:111111111111:targetgroup/grafana/0123456789abcdef';
const SITE = 'https://grafana.example.com';
const site = { name: 'grafana' } as const;

/** The stack by itself, public or not. */
const made = (isPublic: boolean): Record<string, CfnResource> => {
  const app = newApp();
  const env = { account: '111111111111', region: 'eu-north-1' };
  const owner = new Stack(app, 'Owner', { env });
  const stack = new GrafanaStack(app, 'Grafana', {
    env,
    config: SAMPLES.prod,
    cluster: {
      cluster: new Cluster(owner, 'Cluster', {
        vpc: new Vpc(owner, 'Vpc'),
        version: KubernetesVersion.V1_36,
        kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(owner, 'Kubectl') },
      }),
      loadBalancerControllerRole: new Role(owner, 'Controller', {
        assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      }),
    },
    secrets: new SecretsStack(app, 'Secrets', { env, config: SAMPLES.prod, recovery: undefined }),
    addresses: {
      private: ['10.0.0.0/16'],
      endpoints: ['10.0.0.0/24'],
      data: ['10.0.1.0/24'],
      apiServer: '172.30.0.1',
    },
    loadBalancer: { targets: isPublic ? [{ site, targetGroup: { targetGroupArn: TARGETS } }] : [] },
    edge: { sites: isPublic ? [{ site, url: SITE }] : [] },
  });
  return templateOf(stack).toJSON().Resources;
};

const [open, closed] = [made(true), made(false)];
const idOf = (resources: Record<string, CfnResource>, kind: Kind) => appliedBy(resources, kind)[0]![0];

test('runs the image of the registry of its account, of the version of the table', () => {
  const [, deployment] = appliedBy(closed, 'Deployment')[0]!;
  const { tag, digest } = upstreamImages('1.36').grafana;
  expect(deployment.spec.template.spec.containers[0]?.image).toBe(
    `111111111111.dkr.ecr.eu-north-1.amazonaws.com/platform/grafana:${tag}@${digest}`,
  );
});

test('its pod starts once it may read its secrets, and what passes to it is said', () => {
  const pod = idOf(closed, 'Deployment');
  const earlier = [...idsOf(closed, 'AWS::EKS::PodIdentityAssociation'), idOf(closed, 'NetworkPolicy')];
  for (const kind of ['SecretProviderClass', 'PersistentVolumeClaim', 'ServiceAccount', 'ConfigMap'] as const)
    expect([kind, ordered(closed, idOf(closed, kind), pod)]).toEqual([kind, true]);
  expect(earlier).toHaveLength(2);
  for (const id of earlier) expect([id, ordered(closed, id, pod)]).toEqual([id, true]);
});

// Grafana's check of the data source asks for a metric and for log groups, and fails where either is refused:
// CheckHealth of pkg/tsdb/cloudwatch in Grafana.
test('its role reads two secrets and the metrics of CloudWatch, asks what its check of the data source does, and nothing else', () => {
  const statements = propertiesOf(closed, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  expect(statements.map(({ Action }: Json) => Action)).toEqual([
    ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    'kms:Decrypt',
    ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
    'logs:DescribeLogGroups',
  ]);
  expect(statements[0].Resource).toHaveLength(2);
});

/** Whether an address of the VPC reaches its pods. */
const reached = (resources: Record<string, CfnResource>) => {
  const policies = appliedBy(resources, 'NetworkPolicy').map(([, policy]) => policy);
  const pod = { namespace: 'platform-monitoring', labels: { app: 'grafana' } };
  return traffic(policies, { 'platform-monitoring': {} })('10.0.0.9', pod, 3000);
};

test('nobody is registered, and no load balancer reaches it, unless it is public', () => {
  expect(appliedBy(closed, 'TargetGroupBinding')).toEqual([]);
  expect([reached(closed), reached(open)]).toEqual([false, true]);
});

test('where it is public, its pod is registered by its port, as long as the controller may', () => {
  const [id, binding] = appliedBy(open, 'TargetGroupBinding')[0]!;
  expect(binding.spec).toEqual({
    serviceRef: { name: 'grafana', port: 3000 },
    targetGroupARN: TARGETS,
    targetType: 'ip',
  });
  const right = idsOf(open, 'AWS::IAM::Policy').find((policy) => policy.startsWith('Registration'))!;
  expect(open[right]?.Properties?.PolicyDocument.Statement).toMatchObject([
    {
      Action: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
      Resource: TARGETS,
    },
  ]);
  expect(ordered(open, right, id)).toBe(true);
  expect(ordered(open, idOf(open, 'Service'), id)).toBe(true);
});
