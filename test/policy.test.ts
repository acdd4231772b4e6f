import { Stack, Stage, type App } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ClusterLoggingTypes,
  EndpointAccess,
  KubernetesVersion,
  type ClusterProps,
} from 'aws-cdk-lib/aws-eks-v2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { policy } from '../lib/policy';
import type { Construct } from 'constructs';
import { newApp } from './assemblies/synthesize';

/** Findings that stop the synthesis of an app; empty when it passes. */
const findings = (fill: (app: App) => void): string => {
  const app = newApp();
  policy(app);
  fill(app);
  const errors = jest.spyOn(console, 'error').mockImplementation();
  const logs = jest.spyOn(console, 'log').mockImplementation();
  const exitCode = process.exitCode;
  try {
    app.synth();
    return '';
  } catch (error) {
    return [String(error), ...errors.mock.calls.flat(), ...logs.mock.calls.flat()].join('\n');
  } finally {
    process.exitCode = exitCode;
    errors.mockRestore();
    logs.mockRestore();
  }
};

const clusterWith = (props: Partial<ClusterProps>) => (app: Construct) => {
  const stack = new Stack(app, 'Stack');
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 1 });
  new Cluster(stack, 'Cluster', {
    vpc,
    version: KubernetesVersion.V1_36,
    endpointAccess: EndpointAccess.PRIVATE,
    clusterLogging: Object.values(ClusterLoggingTypes),
    secretsEncryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
    ...props,
  });
};

test('a cluster in order has no finding of the rules on clusters', () => {
  expect(findings(clusterWith({}))).not.toMatch(/Platform-EKS/);
});

test.each([
  ['an endpoint open to the internet', { endpointAccess: EndpointAccess.PUBLIC_AND_PRIVATE }, 'Platform-EKS1'],
  ['a log type that is not written', { clusterLogging: [ClusterLoggingTypes.AUDIT] }, 'Platform-EKS2'],
  ['secrets without a key', { secretsEncryptionKey: undefined }, 'Platform-EKS3'],
  [
    'an endpoint open to the internet in two halves',
    { endpointAccess: EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom('0.0.0.0/1', '128.0.0.0/1') },
    'Platform-EKS1',
  ],
])('%s stops synthesis', (_, props, rule) => {
  expect(findings(clusterWith(props))).toContain(rule);
});

test('the rules on clusters see stacks inside a Stage', () => {
  const open = clusterWith({ endpointAccess: EndpointAccess.PUBLIC });
  expect(findings((app) => open(new Stage(app, 'Stage')))).toContain('Platform-EKS1');
});

test('an endpoint that named networks may reach passes', () => {
  expect(
    findings(clusterWith({ endpointAccess: EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom('203.0.113.0/24') })),
  ).not.toContain('Platform-EKS1');
});

test.each([
  ['at the top level', (app: App) => app],
  ['inside a Stage', (app: App) => new Stage(app, 'Stage')],
])('a bucket that takes unencrypted requests stops synthesis, %s', (_, scopeIn) => {
  expect(findings((app) => new Bucket(new Stack(scopeIn(app), 'Stack'), 'Bucket'))).toContain('AwsSolutions-S10');
});
