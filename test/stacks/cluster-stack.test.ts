import type { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newApp, templateOf } from '../assemblies/synthesize';
import { deployedAs } from '../deployed';
import { SAMPLES } from '../sample';
import { NODE_GROUP_NAMES, type EnvironmentConfig } from '../../lib/config/environment';
import { KUBERNETES_RELEASES, type KubernetesRelease } from '../../lib/model/versions';
import { platform } from '../../lib/platform';
import type { Kind } from '../kinds';
import {
  appliedBy,
  flat,
  idsOf,
  managedPolicies,
  once,
  ordered,
  propertiesOf,
  resourcesOf,
  sample,
  type Json,
} from '../synth';

const prod = resourcesOf(sample('prod'), 'cluster');
const properties = (type: string, resources = prod) => propertiesOf(resources, type);
const only = (type: string, resources = prod) => {
  const [id, ...more] = idsOf(resources, type);
  if (!id || more.length > 0) throw new Error(`not exactly one ${type}`);
  return id;
};
/** The cluster of development with another version of Kubernetes. */
const withVersion = (kubernetesVersion: string) =>
  resourcesOf(once({ ...SAMPLES.dev, cluster: { ...SAMPLES.dev.cluster, kubernetesVersion } }), 'cluster');
const addon = (name: string) => properties('AWS::EKS::Addon').find(({ AddonName }) => AddonName === name)!;
/** The node groups of a role, one for each zone. */
const groups = (name: string) => properties('AWS::EKS::Nodegroup').filter(({ Labels }) => Labels['node-type'] === name);
const group = (name: string) => groups(name)[0]!;

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

/** The number of nodes that each group is set to, if it is. */
const desired = (resources: readonly Json[]) =>
  Object.fromEntries(resources.map(({ id, ScalingConfig }) => [id.slice(5, -8), ScalingConfig.DesiredSize]));

/** All that a configuration says of nodes. */
const nodesOf = (config: EnvironmentConfig) => {
  const resources = resourcesOf(once(config), 'cluster');
  return ['AWS::EKS::Nodegroup', 'AWS::EC2::LaunchTemplate'].map((type) => properties(type, resources));
};

describe('the node groups', () => {
  test.each(NODE_GROUP_NAMES)('%s has its machines, disk, subnets, label and taint (S13, S14, S15)', (name) => {
    const { instanceType, rootVolume, subnets } = SAMPLES.prod.cluster.nodeGroups[name];
    for (const { InstanceTypes, Taints, Labels, LaunchTemplate, AmiType, NodegroupName } of groups(name)) {
      expect({ InstanceTypes, Labels, Taints, AmiType, NodegroupName }).toEqual({
        InstanceTypes: [instanceType],
        Labels: { 'node-type': name },
        Taints: [{ Key: name, Value: 'true', Effect: 'NO_SCHEDULE' }],
        AmiType: 'AL2023_x86_64_STANDARD',
        NodegroupName: undefined,
      });
      expect(LaunchTemplate).toEqual(group(name).LaunchTemplate);
    }
    // Each in one zone: else Cluster Autoscaler could not know where a new node would be.
    const where = groups(name).map(({ Subnets }) =>
      Subnets.map((subnet: Json) => /(Private|Data)Subnet\d/.exec(JSON.stringify(subnet))?.[0]),
    );
    const kind = { private: 'Private', data: 'Data' }[subnets];
    expect(where).toEqual([1, 2, 3].map((zone) => [`${kind}Subnet${zone}`]));
    const { LaunchTemplate } = group(name);
    const template = prod[LaunchTemplate.Id.Ref]?.Properties?.LaunchTemplateData;
    const disk = {
      VolumeSize: rootVolume.sizeGiB,
      VolumeType: rootVolume.type,
      Encrypted: true,
      ...(rootVolume.type === 'io2' && { Iops: rootVolume.iops }),
    };
    expect(template.BlockDeviceMappings).toEqual([{ DeviceName: '/dev/xvda', Ebs: disk }]);
  });

  test.each(NODE_GROUP_NAMES)(
    '%s hides the credentials of its machines from pods, and keeps the security group of the cluster',
    (name) => {
      const template = prod[group(name).LaunchTemplate.Id.Ref]?.Properties?.LaunchTemplateData;
      expect(template.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
      expect(template.SecurityGroupIds).toEqual([
        { 'Fn::GetAtt': [expect.stringContaining(`Nodes${name}SecurityGroup`), 'GroupId'] },
        { 'Fn::GetAtt': [only('AWS::EKS::Cluster'), 'ClusterSecurityGroupId'] },
      ]);
      expect(template.KeyName).toBeUndefined();
    },
  );

  test('have the configured sizes, start at the minimum, and do not evict what may not be evicted', () => {
    for (const name of NODE_GROUP_NAMES) {
      const sizes = groups(name).map(({ ScalingConfig }) => ScalingConfig);
      const sum = (field: string) => sizes.reduce((all, size) => all + size[field], 0);
      const { minSize, maxSize } = SAMPLES.prod.cluster.nodeGroups[name];
      expect([sum('MinSize'), sum('DesiredSize'), sum('MaxSize')]).toEqual([minSize, minSize, maxSize]);
      for (const field of ['MinSize', 'MaxSize']) {
        const each = sizes.map((size) => size[field]);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
      }
      for (const each of groups(name))
        expect(each).toMatchObject({ ForceUpdateEnabled: false, NodeRepairConfig: { Enabled: true } });
    }
  });

  test('are repaired for what the agent on every node finds, too', () => {
    expect(addon('eks-node-monitoring-agent')).toMatchObject({ ConfigurationValues: '{}' }); // it tolerates every taint
  });

  describe('of an environment that is deployed', () => {
    const { dev } = SAMPLES;
    const running: EnvironmentConfig = {
      ...dev,
      deployed: deployedAs(dev),
    };
    const changed = (nodeGroups: Partial<EnvironmentConfig['cluster']['nodeGroups']>, network = dev.network) =>
      properties(
        'AWS::EKS::Nodegroup',
        resourcesOf(
          once({
            ...running,
            network,
            cluster: { ...dev.cluster, nodeGroups: { ...dev.cluster.nodeGroups, ...nodeGroups } },
          }),
          'cluster',
        ),
      );
    const { application, monitoring } = dev.cluster.nodeGroups;

    test('no size of one that is there sets its number of nodes', () => {
      const resources = changed({ application: { ...application, minSize: 3, maxSize: 20 } });
      for (const { ScalingConfig } of resources) expect(Object.keys(ScalingConfig)).toEqual(['MaxSize', 'MinSize']);
      expect(resources.length).toBeGreaterThan(3);
    });

    test('one that is made has all three: of other machines, in other subnets, in a zone more, of a larger maximum', () => {
      const zones = [...dev.network.availabilityZones, 'ap-southeast-1d'];
      const made = desired(
        changed(
          {
            application: { ...application, instanceType: 'm5.xlarge' },
            monitoring: { ...monitoring, maxSize: 8 },
          },
          { ...dev.network, availabilityZones: zones },
        ),
      );
      expect(Object.keys(made).filter((id) => made[id] !== undefined)).toEqual([
        ...['a', 'b', 'c', 'd'].map((zone) => `applicationNodesapsoutheast1${zone}`),
        ...['c', 'd'].map((zone) => `monitoringNodesapsoutheast1${zone}`),
      ]);
      expect(desired(changed({ monitoring: { ...monitoring, subnets: 'data' } }))).toMatchObject({
        monitoringNodesapsoutheast1a: 1,
        monitoringNodesapsoutheast1b: 0,
        applicationNodesapsoutheast1a: undefined,
      });
    });

    test('other tags change nothing of nodes', () => {
      const tagged = { ...running, tags: { ...dev.tags, owner: 'others', costCenter: 'elsewhere' } };
      expect(nodesOf(tagged)).toEqual(nodesOf(running));
      const [, templates] = nodesOf(tagged);
      for (const { LaunchTemplateData, TagSpecifications } of templates!) {
        expect(TagSpecifications).toBeUndefined();
        expect(LaunchTemplateData.TagSpecifications.map(({ ResourceType }: Json) => ResourceType)).toEqual([
          'instance',
          'volume',
        ]);
        for (const { Tags } of LaunchTemplateData.TagSpecifications)
          expect(Object.fromEntries(Tags.map(({ Key, Value }: Json) => [Key, Value]))).toEqual({
            Name: expect.anything(),
            Environment: dev.tags.environment,
            Owner: dev.tags.owner,
            CostCenter: dev.tags.costCenter,
          });
      }
    });
  });

  test('have none in a zone beyond their most', () => {
    const { dev } = SAMPLES;
    const { nodeGroups } = dev.cluster;
    const small = { ...nodeGroups, monitoring: { ...nodeGroups.monitoring, minSize: 1, maxSize: 2 } };
    const resources = resourcesOf(once({ ...dev, cluster: { ...dev.cluster, nodeGroups: small } }), 'cluster');
    const sizes = properties('AWS::EKS::Nodegroup', resources)
      .filter(({ Labels }) => Labels['node-type'] === 'monitoring')
      .map(({ ScalingConfig: { MinSize, MaxSize } }) => [MinSize, MaxSize]);
    expect(sizes).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  test('run the version of the control plane, and the image of its row', () => {
    const { kubernetesVersion } = SAMPLES.prod.cluster;
    for (const name of NODE_GROUP_NAMES)
      expect(group(name)).toMatchObject({
        Version: kubernetesVersion,
        ReleaseVersion: KUBERNETES_RELEASES[kubernetesVersion]?.nodeImage,
      });
  });

  test('stay with add-ons at the version before, while the control plane may go back to it', () => {
    const rows = KUBERNETES_RELEASES as Record<string, KubernetesRelease>;
    const addons = { ...rows['1.36']!.addons, 'kube-proxy': 'v1.35.4-eksbuild.1' };
    rows['1.35'] = { ...rows['1.36']!, nodeImage: '1.35.8-20260923', addons };
    const scope = new Construct(newApp(), 'dev');
    platform(scope, { ...SAMPLES.dev, cluster: { ...SAMPLES.dev.cluster, nodeVersion: '1.35' } });
    const { Resources: resources } = templateOf(scope.node.findChild('Cluster') as Stack).toJSON();
    delete rows['1.35'];
    expect(properties('AWS::EKS::Cluster', resources)[0]?.Version).toBe('1.36');
    for (const { Version, ReleaseVersion } of properties('AWS::EKS::Nodegroup', resources))
      expect([Version, ReleaseVersion]).toEqual(['1.35', '1.35.8-20260923']);
    const proxy = properties('AWS::EKS::Addon', resources).find(({ AddonName }) => AddonName === 'kube-proxy');
    expect(proxy?.AddonVersion).toBe('v1.35.4-eksbuild.1');
  });

  test('join the cluster, pull images and are reached through Session Manager, and may do no more', () => {
    const role = properties('AWS::IAM::Role').find(({ id }) => id.startsWith('NodeRole'));
    expect(managedPolicies(role)).toEqual([
      'AmazonEKSWorkerNodePolicy',
      'AmazonEC2ContainerRegistryPullOnly',
      'AmazonSSMManagedInstanceCore',
    ]);
    expect(role?.Policies).toBeUndefined();
    for (const name of NODE_GROUP_NAMES) expect(group(name).NodeRole).toEqual({ 'Fn::GetAtt': [role?.id, 'Arn'] });
  });

  test('take an SSH key if one is configured', () => {
    const config = SAMPLES.dev;
    const { nodeGroups } = config.cluster;
    const keyed = { ...nodeGroups, application: { ...nodeGroups.application, sshKeyName: 'platform-key' } };
    const resources = resourcesOf(once({ ...config, cluster: { ...config.cluster, nodeGroups: keyed } }), 'cluster');
    const keys = properties('AWS::EC2::LaunchTemplate', resources).map(
      ({ LaunchTemplateData }) => LaunchTemplateData.KeyName,
    );
    expect(keys).toEqual(['platform-key', undefined, undefined]);
  });
});

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
      /^333333333333\.dkr\.ecr\.ap-southeast-1\.amazonaws\.com\/platform\/cluster-autoscaler:v1\.36\.\d+$/,
    );
    for (const needed of [identity!.id, autoscalers('ServiceAccount')[0], addon('coredns').id])
      expect([needed, ordered(prod, needed, pods)]).toEqual([needed, true]);
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
