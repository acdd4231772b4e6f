import type { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newApp, templateOf } from '../assemblies/synthesize';
import { deployedAs } from '../deployed';
import { SAMPLES } from '../sample';
import { NODE_GROUP_NAMES, type EnvironmentConfig } from '../../lib/config/environment';
import { KUBERNETES_RELEASES, type KubernetesRelease } from '../../lib/model/versions';
import { platform } from '../../lib/platform';
import { managedPolicies, once, resourcesOf, type Json } from '../synth';
import { addon, only, prod, properties } from '../stacks/cluster-resources';

/** The node groups of a role, one for each zone. */
const groups = (name: string) => properties('AWS::EKS::Nodegroup').filter(({ Labels }) => Labels['node-type'] === name);
const group = (name: string) => groups(name)[0]!;

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
