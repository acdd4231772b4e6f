import { upstreamImages } from '../../lib/model/images';
import { SAMPLES } from '../sample';
import { flat, idsOf, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'cluster');
const [chart] = propertiesOf(prod, 'Custom::AWSCDK-EKS-HelmChart');
const values = JSON.parse(flat(chart!.Values));
const identity = propertiesOf(prod, 'AWS::EKS::PodIdentityAssociation').find(
  ({ ServiceAccount }) => ServiceAccount === 'aws-load-balancer-controller',
)!;
const role = identity.RoleArn['Fn::GetAtt'][0];

describe('AWS Load Balancer Controller', () => {
  test('is a chart of a fixed version, with the image of that version from the registry of the account', () => {
    const { tag, digest } = upstreamImages(SAMPLES.prod.cluster.kubernetesVersion)['aws-load-balancer-controller'];
    expect(chart).toMatchObject({
      Release: 'aws-load-balancer-controller',
      Chart: 'aws-load-balancer-controller',
      Repository: 'https://aws.github.io/eks-charts',
      Namespace: 'kube-system',
    });
    expect(tag).toBe(`v${chart!.Version}`);
    expect(values.image).toEqual({
      repository: '333333333333.dkr.ecr.ap-southeast-1.amazonaws.com/platform/aws-load-balancer-controller',
      tag: `${tag}@${digest}`,
    });
  });

  test('is ready before a binding can be made, or the deployment fails in time', () => {
    expect(chart!.Wait).toBe(true);
    expect(Number.parseInt(chart!.Timeout, 10)).toBeLessThan(15 * 60);
  });

  test('is told where it is, for pods do not reach the metadata of their node', () => {
    expect(values).toMatchObject({ clusterName: 'TOKEN', region: 'ap-southeast-1', vpcId: 'TOKEN' });
  });

  test('makes no load balancer, and no Service or Ingress needs it', () => {
    expect(values).toMatchObject({
      createIngressClassResource: false,
      enableServiceMutatorWebhook: false,
      webhookConfig: { disableIngressValidation: true },
      controllerConfig: { featureGates: { EnableServiceController: false } },
      enableShield: false,
      enableWaf: false,
      enableWafv2: false,
    });
  });

  test('survives the loss of a pod, a node and a zone', () => {
    expect(values).toMatchObject({
      replicaCount: 2,
      priorityClassName: 'system-cluster-critical',
      nodeSelector: { 'node-type': 'application' },
      tolerations: [{ key: 'application', value: 'true', effect: 'NoSchedule', operator: 'Equal' }],
      podDisruptionBudget: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      keepTLSSecret: true,
    });
    expect(values.topologySpreadConstraints).toEqual([
      expect.objectContaining({
        topologyKey: 'topology.kubernetes.io/zone',
        labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'aws-load-balancer-controller' } },
      }),
    ]);
  });

  test('looks, and changes nothing by the rights that the cluster gives it', () => {
    const statements: Json[] = propertiesOf(prod, 'AWS::IAM::Policy')
      .filter(({ Roles }) => Roles.some(({ Ref }: Json) => Ref === role))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^\w+:Describe\w+$/.test(action))).toEqual([]);
    expect(prod[role]?.Properties?.ManagedPolicyArns).toBeUndefined();
    expect(identity.Namespace).toBe('kube-system');
  });

  test('comes after nodes, DNS, its identity, and the right to install it', () => {
    const needed = [
      identity.id,
      ...idsOf(prod, 'AWS::EKS::Nodegroup'),
      ...idsOf(prod, 'AWS::EKS::Addon'),
      ...idsOf(prod, 'AWS::EKS::AccessEntry').filter((id) => id.includes('ClusterAdminRoleAccess')),
      ...idsOf(prod, 'AWS::Logs::LogGroup').filter((id) => id.includes('KubectlProvider')), // deleted after it
    ];
    expect(needed.length).toBeGreaterThan(15);
    for (const id of needed) expect([id, ordered(prod, id, chart!.id)]).toEqual([id, true]);
  });
});
