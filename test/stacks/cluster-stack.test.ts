import { SAMPLES } from '../sample';
import { KUBERNETES_RELEASES } from '../../lib/model/versions';
import { idsOf, once, ordered, resourcesOf, sample, type Json } from '../synth';
import { addon, only, prod, properties } from './cluster-resources';

/** The cluster of development with another version of Kubernetes. */
const withVersion = (kubernetesVersion: string) =>
  resourcesOf(once({ ...SAMPLES.dev, cluster: { ...SAMPLES.dev.cluster, kubernetesVersion } }), 'cluster');
describe('the control plane', () => {
  const cluster = properties('AWS::EKS::Cluster')[0]!;

  test('is private, logs everything, and encrypts secrets with a key of its own (S12)', () => {
    expect(cluster.ResourcesVpcConfig).toMatchObject({ EndpointPublicAccess: false, EndpointPrivateAccess: true });
    expect(cluster.Logging.ClusterLogging.EnabledTypes.map(({ Type }: Json) => Type)).toEqual([
      'api',
      'audit',
      'authenticator',
      'controllerManager',
      'scheduler',
    ]);
    expect(cluster.EncryptionConfig).toEqual([
      { Resources: ['secrets'], Provider: { KeyArn: { 'Fn::GetAtt': [only('AWS::KMS::Key'), 'Arn'] } } },
    ]);
  });

  test('has the configured version and service network, and no surcharge for an old version (S2, S10, S11)', () => {
    expect(cluster).toMatchObject({
      Version: SAMPLES.prod.cluster.kubernetesVersion,
      KubernetesNetworkConfig: { ServiceIpv4Cidr: SAMPLES.prod.cluster.serviceCidr },
      UpgradePolicy: { SupportType: 'STANDARD' },
      BootstrapSelfManagedAddons: false,
    });
  });

  test.each(['dev', 'prod'] as const)('is protected from deletion as %s says', (name) => {
    const [its] = properties('AWS::EKS::Cluster', resourcesOf(sample(name), 'cluster'));
    expect(its?.DeletionProtection).toBe(SAMPLES[name].deletionProtection);
  });

  test('stays in extended support where its version is out of standard support, for that cannot be left', () => {
    expect(properties('AWS::EKS::Cluster', withVersion('1.28'))[0]?.UpgradePolicy).toEqual({
      SupportType: 'EXTENDED',
    });
  });

  test('stands in private subnets only', () => {
    expect(JSON.stringify(cluster.ResourcesVpcConfig.SubnetIds)).not.toMatch(/Public|Data|Pod/);
    expect(cluster.ResourcesVpcConfig.SubnetIds).toHaveLength(3);
  });

  test('lets in the administrators of the configuration and the function that applies manifests, nobody else', () => {
    expect(cluster.AccessConfig).toEqual({ AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false });
    const entries = properties('AWS::EKS::AccessEntry');
    const administrators = SAMPLES.prod.cluster.administratorRoleArns;
    expect(entries.map(({ PrincipalArn }) => PrincipalArn)).toEqual(expect.arrayContaining([...administrators]));
    expect(entries).toHaveLength(administrators.length + 1);
    for (const { AccessPolicies } of entries) {
      expect(AccessPolicies).toEqual([{ AccessScope: { Type: 'cluster' }, PolicyArn: expect.anything() }]);
      expect(JSON.stringify(AccessPolicies)).toContain('cluster-access-policy/AmazonEKSClusterAdminPolicy');
    }
  });

  test('writes its audit log for at least 30 days, into a group that is there first (S12)', () => {
    const logs = idsOf(prod, 'AWS::Logs::LogGroup').find(
      (id) => prod[id]?.Properties?.LogGroupName === '/aws/eks/platform-prod/cluster',
    )!;
    const { controlPlaneLogRetentionDays: days } = SAMPLES.prod.cluster;
    expect(days).toBeGreaterThanOrEqual(30);
    expect(prod[logs]).toMatchObject({ Properties: { RetentionInDays: days }, DeletionPolicy: 'RetainExceptOnCreate' });
    expect(ordered(prod, logs, cluster.id)).toBe(true);
  });

  test('opens to the configured networks only when there are some', () => {
    const config = SAMPLES.prod;
    const open = once({ ...config, cluster: { ...config.cluster, publicEndpointCidrs: ['52.20.0.0/24'] } });
    expect(properties('AWS::EKS::Cluster', resourcesOf(open, 'cluster'))[0]?.ResourcesVpcConfig).toMatchObject({
      EndpointPublicAccess: true,
      EndpointPrivateAccess: true,
      PublicAccessCidrs: ['52.20.0.0/24'],
    });
  });

  test.each(Object.keys(KUBERNETES_RELEASES))('takes version, add-ons and kubectl of %s from one row', (version) => {
    const resources = withVersion(version);
    expect(properties('AWS::EKS::Cluster', resources)[0]?.Version).toBe(version);
    expect(
      Object.fromEntries(
        properties('AWS::EKS::Addon', resources).map(({ AddonName, AddonVersion }) => [AddonName, AddonVersion]),
      ),
    ).toEqual(KUBERNETES_RELEASES[version]?.addons);
    expect(properties('AWS::Lambda::LayerVersion', resources).map(({ Description }) => Description)).toContainEqual(
      expect.stringContaining(`/opt/kubectl/kubectl ${version}`),
    );
  });
});

describe('order', () => {
  const nodeGroups = properties('AWS::EKS::Nodegroup').map(({ id }) => id);

  test.each(['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'])('%s is there before any node group', (name) => {
    for (const id of nodeGroups) expect(ordered(prod, addon(name).id, id)).toBe(true);
  });

  test.each(['coredns', 'aws-ebs-csi-driver', 'metrics-server'])('every node group is there before %s', (name) => {
    for (const id of nodeGroups) expect(ordered(prod, id, addon(name).id)).toBe(true);
  });

  test('the driver of volumes is there before the storage class (S27)', () => {
    const [storageClass] = idsOf(prod, 'Custom::AWSCDK-EKS-KubernetesResource');
    expect(ordered(prod, addon('aws-ebs-csi-driver').id, storageClass!)).toBe(true);
  });

  test('the access of the function that applies manifests is there before the first manifest', () => {
    const [storageClass] = idsOf(prod, 'Custom::AWSCDK-EKS-KubernetesResource');
    const access = idsOf(prod, 'AWS::EKS::AccessEntry').find((id) => id.includes('ClusterAdminRoleAccess'))!;
    expect(ordered(prod, access, storageClass!)).toBe(true);
  });

  test('the log groups of the functions that apply manifests are there before the first manifest, and after the last', () => {
    const [storageClass] = idsOf(prod, 'Custom::AWSCDK-EKS-KubernetesResource');
    const logs = idsOf(prod, 'AWS::Logs::LogGroup').filter((id) => id.includes('KubectlProvider'));
    expect(logs).toHaveLength(2);
    for (const id of logs) expect(ordered(prod, id, storageClass!)).toBe(true);
  });
});

test('manifests carry no pruning label: one object per resource leaves nothing to prune', () => {
  const both = [prod, resourcesOf(sample('prod'), 'workloads')];
  expect(JSON.stringify(both)).not.toMatch(/prune/i);
});
