import { Stack } from 'aws-cdk-lib';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { applyAgain } from '../../lib/constructs/apply-again';
import { applyManifests } from '../../lib/constructs/apply-manifests';
import { newApp, templateOf } from '../assemblies/synthesize';

const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';

const named = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** The resources of a stack with two objects, with a mark or with none. */
const resources = (mark?: string) => {
  const stack = new Stack(newApp(), 'Stack');
  new Bucket(stack, 'Bucket');
  const kubectlProvider = KubectlProvider.fromKubectlProviderAttributes(stack, 'Kubectl', {
    serviceToken: 'arn:aws:lambda:eu-central-1:111111111111:function:kubectl',
    role: undefined as never,
  });
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'c', kubectlProvider, prune: false });

  applyManifests(cluster, [named('one'), named('two')]);
  if (mark !== undefined) applyAgain(stack, mark);
  return templateOf(stack).toJSON().Resources as Record<string, { Type: string; Properties: object }>;
};

describe('applyAgain', () => {
  const [before, after] = [resources(), resources('second')];
  const changed = Object.keys(after).filter((id) => JSON.stringify(after[id]) !== JSON.stringify(before[id]));

  test('changes every manifest, so that CloudFormation applies it, and nothing else', () => {
    expect(changed).toHaveLength(2);
    for (const id of changed) {
      expect(after[id]!.Type).toBe(MANIFEST);
      expect(after[id]!.Properties).toEqual({ ...before[id]!.Properties, AppliedAgain: 'second' });
    }
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });
});
