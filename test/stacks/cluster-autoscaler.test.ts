import type { Kind } from '../kinds';
import { appliedBy, flat, ordered, type Json } from '../synth';
import { addon, prod, properties } from './cluster-resources';

const actions = (of: Json[]) => of.flatMap(({ Action }) => Action);

/** Its object of a kind. */
const autoscalers = <K extends Kind>(kind: K) =>
  appliedBy(prod, kind).find(([, { metadata }]) => metadata.name === 'cluster-autoscaler')!;

describe('Cluster Autoscaler', () => {
  const [identity] = properties('AWS::EKS::PodIdentityAssociation');
  const role = identity!.RoleArn['Fn::GetAtt'][0];
  const statements: Json[] = properties('AWS::IAM::Policy').find(({ Roles }) => Roles[0].Ref === role)!.PolicyDocument
    .Statement;

  test('looks at groups and machines, wherever they are', () => {
    const reading = statements.filter(({ Condition }) => !Condition);
    expect(actions(reading).toSorted()).toEqual([
      ...['Groups', 'Instances'].map((what) => `autoscaling:DescribeAutoScaling${what}`),
      ...['LaunchConfigurations', 'ScalingActivities', 'Tags'].map((what) => `autoscaling:Describe${what}`),
      ...['Images', 'InstanceTypes', 'LaunchTemplateVersions'].map((what) => `ec2:Describe${what}`),
      'ec2:GetInstanceTypesFromInstanceRequirements',
      'eks:DescribeNodegroup',
    ]);
    const nodegroup = reading.find(({ Action }) => Action === 'eks:DescribeNodegroup');
    expect(flat(nodegroup.Resource)).toMatch(/:eks:ap-southeast-1:333333333333:nodegroup\/platform-prod\/\*$/);
  });

  test('changes the size of the groups of its cluster, and does nothing else to anything', () => {
    const changing = statements.filter(({ Condition }) => Condition);
    expect(actions(changing)).toEqual([
      'autoscaling:SetDesiredCapacity',
      'autoscaling:TerminateInstanceInAutoScalingGroup',
    ]);
    for (const { Condition } of changing)
      expect(Condition).toEqual({
        StringEquals: { 'aws:ResourceTag/k8s.io/cluster-autoscaler/platform-prod': 'owned' },
      });
  });

  test('has its rights, in AWS and in the cluster, before its pods start; DNS is there too', () => {
    expect(identity).toMatchObject({ Namespace: 'kube-system', ServiceAccount: 'cluster-autoscaler' });
    const [pods, deployment] = autoscalers('Deployment');
    expect(deployment.spec.template.spec.containers[0]?.image).toMatch(
      /^333333333333\.dkr\.ecr\.ap-southeast-1\.amazonaws\.com\/platform\/cluster-autoscaler:v1\.36\.\d+@sha256:\w{64}$/,
    );
    for (const needed of [identity!.id, autoscalers('ServiceAccount')[0], addon('coredns').id])
      expect([needed, ordered(prod, needed, pods)]).toEqual([needed, true]);
  });
});
